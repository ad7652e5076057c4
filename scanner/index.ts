import { columnBytes } from './column';
import { nowhere } from './dialect';
import { markBytes } from './marks';
import { begin, cursor, isCrlf, isMultiline, lines as linesOf, note, notes, recordEnd } from './record';

export { setDialect } from './dialect';
export { mark } from './marks';

/** What the last run has counted; the host reads these. */
export let records: i32 = 0;
export let lines: i32 = 0;
export let hasLf: bool = false;
export let hasCrlf: bool = false;
export let hasMultiline: bool = false;
/** The first mark that the last run has not read. */
export let marks: usize = 0;
/** The record at which the last run ended may go on behind the piece. */
export let isCut: bool = false;

/**
 * Reads right records from `from` on and answers where the first one starts that is not surely right, or does not end
 * before `to`, or is one more than `most`. `nextMark` is a mark at or before `from`. Where columns are watched, notes
 * of each record its start, its line in the run, and start and end of each watched value, as 32-bit numbers; the end is
 * inverted where doubled quotes stand in the value.
 */
export function run(
  columns: usize,
  count: usize,
  isWatched: bool,
  noteTo: usize,
  nextMark: usize,
  from: usize,
  to: usize,
  most: i32,
): usize {
  const last = columns + (count - 1) * columnBytes;
  let at = from;
  let noting = noteTo;
  marks = nextMark;
  while (load<u32>(marks) < u32(from)) marks += markBytes;
  records = 0;
  lines = 0;
  hasLf = hasCrlf = hasMultiline = isCut = false;
  while (records < most) {
    begin(marks, noting);
    if (isWatched) note(i32(at), lines);
    const end = recordEnd(at, columns, last);
    if (end === nowhere || end > to) {
      isCut = end > to || load<u32>(cursor - markBytes) >= u32(to);
      break;
    }
    marks = cursor;
    noting = notes;
    at = end;
    countRecord();
  }
  return at;
}

function countRecord(): void {
  records++;
  lines += linesOf;
  if (isCrlf) hasCrlf = true;
  else hasLf = true;
  if (isMultiline) hasMultiline = true;
}
