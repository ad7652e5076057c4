import { columnBytes } from './column';
import { nowhere } from './dialect';
import { markBytes } from './marks';
import { begin, cursor, isCrlf, isMultiline, lines as linesOf, note, notes, recordEnd } from './record';

export { setDialect } from './dialect';
export { mark } from './marks';

/**
 * Where the host finds what the last run has counted, as 32-bit numbers: records, lines, whether one ended with LF,
 * with CRLF, or held a line break in quotes, why the run ended, and the first mark that it has not read.
 */
export const counts: usize = 256;

namespace Ending {
  /** There were as many records as were wanted. */
  export const enough: i32 = 0;
  /** The next record is not surely right. */
  export const doubt: i32 = 1;
  /** The next record may go on behind the piece. */
  export const cut: i32 = 2;
}

let records: i32 = 0;
let lines: i32 = 0;
let hasLf: bool = false;
let hasCrlf: bool = false;
let hasMultiline: bool = false;

/**
 * Reads right records from `from` on and answers where the first one starts that is not surely right, or does not end
 * before `to`, or is one more than `most`. `firstMark` is a mark at or before `from`. Where columns are watched, notes
 * of each record its start, its line in the run, and start and end of each watched value, as 32-bit numbers; the end is
 * inverted where doubled quotes stand in the value.
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
  store<i32>(counts, records);
  store<i32>(counts, lines, 4);
  store<i32>(counts, i32(hasLf), 8);
  store<i32>(counts, i32(hasCrlf), 12);
  store<i32>(counts, i32(hasMultiline), 16);
  store<i32>(counts, ending, 20);
  store<i32>(counts, i32(nextMark), 24);
}
