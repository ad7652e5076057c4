import { nowhere } from './dialect';
import { Count, columnBytes, Ending } from './layout';
import { markBytes } from './marks';
import { begin, cursor, isCrlf, isMultiline, lines as linesOf, note, notes, recordEnd } from './record';

export { setDialect } from './dialect';
export { mark } from './marks';

/** Where the host finds the counts of the last run. */
export const counts: usize = 256;

let records: i32 = 0;
let lines: i32 = 0;
let hasLf: bool = false;
let hasCrlf: bool = false;
let hasMultiline: bool = false;

/**
 * Reads valid records from `from` on and returns the start of the first one that is not certainly valid, or does not end before
 * `to`, or is one more than `most`. `firstMark` is a mark at or before `from`. If columns are watched, the notes of each record
 * are its start, its line in the run, and start and end of each watched value, as 32-bit numbers; the end is inverted if the
 * value contains doubled quotes.
 */
export function run(
  columns: usize,
  count: usize,
  isWatched: bool,
  noteTo: usize,
  firstMark: usize,
  from: usize,
  to: usize,
  most: i32,
): usize {
  const last = columns + (count - 1) * columnBytes;
  let at = from;
  let nextNote = noteTo;
  let nextMark = markFrom(firstMark, from);
  let ending = Ending.enough;
  records = lines = 0;
  hasLf = hasCrlf = hasMultiline = false;
  while (records < most) {
    begin(nextMark, nextNote);
    if (isWatched) note(i32(at), lines);
    const end = recordEnd(at, columns, last);
    if (end === nowhere || end > to) {
      const isCut = end > to || load<u32>(cursor - markBytes) >= u32(to);
      ending = isCut ? Ending.cut : Ending.doubt;
      break;
    }
    countRecord();
    nextMark = cursor;
    nextNote = notes;
    at = end;
  }
  tell(ending, nextMark);
  return at;
}

function markFrom(mark: usize, from: usize): usize {
  let at = mark;
  while (load<u32>(at) < u32(from)) at += markBytes;
  return at;
}

function countRecord(): void {
  records++;
  lines += linesOf;
  if (isCrlf) hasCrlf = true;
  else hasLf = true;
  if (isMultiline) hasMultiline = true;
}

function tell(ending: i32, nextMark: usize): void {
  leave(Count.records, records);
  leave(Count.lines, lines);
  leave(Count.lf, i32(hasLf));
  leave(Count.crlf, i32(hasCrlf));
  leave(Count.multiline, i32(hasMultiline));
  leave(Count.ending, ending);
  leave(Count.mark, i32(nextMark));
}

function leave(count: Count, value: i32): void {
  store<i32>(counts + 4 * count, value);
}
