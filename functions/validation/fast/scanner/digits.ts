import { zero } from './dialect';

/** Digits from a position on, all of them. */
export function digitsAt(at: usize): usize {
  let from = at;
  while (true) {
    const others = otherThanDigits(from);
    if (others !== 0) return from - at + ctz(others);
    from += 16;
  }
}

/** A bit for each of sixteen bytes that is not a digit. */
function otherThanDigits(at: usize): i32 {
  const values = i8x16.sub(v128.load(at), i8x16.splat(zero));
  return i8x16.bitmask(i8x16.gt_u(values, i8x16.splat(9)));
}

/** Value of `digits` digits, at most nineteen. */
export function numberAt(at: usize, digits: usize): u64 {
  let value: u64 = 0;
  for (const end = at + digits; at < end; at++) value = value * 10 + (load<u8>(at) - zero);
  return value;
}

export function isDigit(byte: u8): bool {
  return byte - zero <= 9;
}
