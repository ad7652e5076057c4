import { boolTexts } from './bool.ts';
import { exactDigits, fractionDigits } from './limits.ts';
import { clockViolation, dateViolation } from './time.ts';

/**
 * Checks of values as bytes, for speed: each accepts only values that the check of the text accepts, and may miss a valid
 * value, which is then read as text. Positions are those of the value, without its end.
 */
export type QuickCheck = (bytes: Uint8Array, start: number, end: number) => boolean;

const [zero, minus] = [0x30, 0x2d];

const digit = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) - zero;

const areDigits = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) {
    const value = (bytes[at] ?? 0) - zero;
    if (value < 0 || value > 9) return false;
  }
  return true;
};

/** Integers that certainly fit into 64 bits. */
export const quickInt: QuickCheck = (bytes, start, end) => {
  const from = bytes[start] === minus ? start + 1 : start;
  const length = end - from;
  if (length < 1 || length > exactDigits) return false;
  if (bytes[from] === zero && length > 1) return false;
  return areDigits(bytes, from, end);
};

/** Numbers such as `-12` or `0.676`, up to 15 digits. */
export const quickFloat: QuickCheck = (bytes, start, end) => {
  const from = bytes[start] === minus ? start + 1 : start;
  let point = from;
  while (point < end && bytes[point] !== 0x2e) point++;
  if (end - from > 16 || !quickInt(bytes, from, point) || bytes[from] === minus) return false;
  return point === end || (point + 1 < end && areDigits(bytes, point + 1, end));
};

/** Numbers such as `-12` or `1.03` with limited numbers of digits before and after the point. */
export const quickDecimal =
  (precision: number, scale: number): QuickCheck =>
  (bytes, start, end) => {
    const from = bytes[start] === minus ? start + 1 : start;
    let point = from;
    while (point < end && bytes[point] !== 0x2e) point++;
    const isSmall = point - from <= precision - scale || (point - from === 1 && bytes[from] === zero);
    if (!isSmall || !quickInt(bytes, from, point) || bytes[from] === minus) return false;
    const digits = end - point - 1;
    return point === end || (digits > 0 && digits <= scale && areDigits(bytes, point + 1, end));
  };

/** All spellings of true and false. */
export const quickBool: QuickCheck = (bytes, start, end) => {
  for (const text of boolTexts) if (is(bytes, start, end, text)) return true;
  return false;
};

const is = (bytes: Uint8Array, start: number, end: number, word: string): boolean => {
  if (end - start !== word.length) return false;
  for (let at = 0; at < word.length; at++) if (bytes[start + at] !== word.charCodeAt(at)) return false;
  return true;
};

/** Every text, for fields without limits. */
export const quickAny: QuickCheck = () => true;

/** ASCII texts whose length is in the limits; others are counted as text. */
export const quickLength =
  (least: number, most: number): QuickCheck =>
  (bytes, start, end) => {
    if (end - start < least || end - start > most) return false;
    for (let at = start; at < end; at++) if ((bytes[at] ?? 0) > 0x7f) return false;
    return true;
  };

/** Leaves every value to the check of its text. */
export const quickNone: QuickCheck = () => false;

/** `YYYY-MM-DD`. */
export const quickDate: QuickCheck = (bytes, start, end) => end - start === 10 && isDate(bytes, start);

/** `YYYY-MM-DD HH:mm:ss`, with `separator` between date and time; `[.ffffff]` where fractions are allowed. */
export const quickTimestamp =
  (separator: number, hasFraction: boolean): QuickCheck =>
  (bytes, start, end) =>
    (end - start === 19 || (hasFraction && isFraction(bytes, start + 19, end))) &&
    bytes[start + 10] === separator &&
    isDate(bytes, start) &&
    isTime(bytes, start + 11);

const isFraction = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start >= 2 &&
  end - start <= 1 + fractionDigits &&
  bytes[start] === 0x2e &&
  areDigits(bytes, start + 1, end);

const isDate = (bytes: Uint8Array, at: number): boolean => {
  if (bytes[at + 4] !== minus || bytes[at + 7] !== minus) return false;
  if (
    !areDigits(bytes, at, at + 4) ||
    !areDigits(bytes, at + 5, at + 7) ||
    !areDigits(bytes, at + 8, at + 10)
  ) {
    return false;
  }
  const year = two(bytes, at) * 100 + two(bytes, at + 2);
  return dateViolation(year, two(bytes, at + 5), two(bytes, at + 8)) === undefined;
};

const isTime = (bytes: Uint8Array, at: number): boolean =>
  bytes[at + 2] === 0x3a &&
  bytes[at + 5] === 0x3a &&
  areDigits(bytes, at, at + 2) &&
  areDigits(bytes, at + 3, at + 5) &&
  areDigits(bytes, at + 6, at + 8) &&
  clockViolation(two(bytes, at), two(bytes, at + 3), two(bytes, at + 6)) === undefined;

const two = (bytes: Uint8Array, at: number): number => digit(bytes, at) * 10 + digit(bytes, at + 1);
