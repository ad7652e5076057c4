import { has, leastOf, mostOf } from './column';
import { Flag } from './layout';

const continuation: i8 = -64;

/** Whether a text with that many doubled quotes has the length that its column requires. */
export function isText(column: usize, start: usize, end: usize, pairs: i32): bool {
  if (!has(column, Flag.bounded)) return true;
  const length = codePoints(start, end) - pairs;
  return length >= leastOf(column) && length <= mostOf(column);
}

/** Bytes of UTF-8 that begin a character. */
function codePoints(start: usize, end: usize): i32 {
  let count = i32(end - start);
  for (let from = start; from < end; from += 16) {
    let bits = i8x16.bitmask(i8x16.lt_s(v128.load(from), i8x16.splat(continuation)));
    if (end - from < 16) bits &= (1 << i32(end - from)) - 1;
    count -= popcnt(bits);
  }
  return count;
}
