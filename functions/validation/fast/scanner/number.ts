import { exactDigits } from '../../fields/limits';
import { has, isFloatWithin, isWithin, leastOf, mostOf } from './column';
import { minus, nowhere, point, zero } from './dialect';
import { digitsAt, numberAt } from './digits';
import { Flag } from './layout';

/** Every function here returns the end of the value; its start if there is none, `nowhere` if it is uncertain. */

const largestInt: u64 = u64(i64.MAX_VALUE);
const exactInt: usize = exactDigits;

export function intEnd(column: usize, start: usize): usize {
  const isNegative = load<u8>(start) === minus;
  const from = start + usize(isNegative);
  const digits = digitsAt(from);
  if (digits === 0) return isNegative ? nowhere : start;
  if (digits > 1 && load<u8>(from) === zero) return nowhere;
  const isPlain = digits <= exactInt && !has(column, Flag.bounded);
  if (!isPlain && !isInt(column, from, digits, isNegative)) return nowhere;
  return from + digits;
}

function isInt(column: usize, from: usize, digits: usize, isNegative: bool): bool {
  if (digits > exactInt + 1) return false;
  const size = numberAt(from, digits);
  if (size > largestInt + u64(isNegative)) return false;
  return !has(column, Flag.bounded) || isWithin(column, isNegative ? 0 - i64(size) : i64(size));
}

export function decimalEnd(column: usize, start: usize): usize {
  const isNegative = load<u8>(start) === minus;
  const from = start + usize(isNegative);
  const digits = digitsAt(from);
  if (digits === 0) return isNegative ? nowhere : start;
  const isZero = load<u8>(from) === zero;
  if (isZero ? digits > 1 : i32(digits) > leastOf(column)) return nowhere;
  let end = from + digits;
  let decimals: usize = 0;
  if (load<u8>(end) === point) {
    decimals = digitsAt(end + 1);
    if (decimals === 0 || i32(decimals) > mostOf(column)) return nowhere;
    end += 1 + decimals;
  }
  if (!has(column, Flag.bounded)) return end;
  const fraction = decimals === 0 ? 0 : numberAt(end - decimals, decimals);
  const size = i64(
    numberAt(from, digits) * power(mostOf(column)) + fraction * power(mostOf(column) - i32(decimals)),
  );
  return isWithin(column, isNegative ? 0 - size : size) ? end : nowhere;
}

/** A power of ten that fits into 64 bits. */
function power(exponent: i32): u64 {
  let value: u64 = 1;
  for (; exponent > 0; exponent--) value *= 10;
  return value;
}

const longestFloat: usize = 200;
/** Whole numbers and powers of ten up to these are doubles, so that their product and quotient are rounded once. */
const exactWhole: usize = 15;
const exactPower: i32 = 22;

export function floatEnd(column: usize, start: usize): usize {
  const isNegative = load<u8>(start) === minus;
  const from = start + usize(isNegative);
  const digits = digitsAt(from);
  if (digits === 0) return isNegative ? nowhere : start;
  if (digits > 1 && load<u8>(from) === zero) return nowhere;
  let end = from + digits;
  let decimals: usize = 0;
  if (load<u8>(end) === point) {
    decimals = digitsAt(end + 1);
    if (decimals === 0) return nowhere;
    end += 1 + decimals;
  }
  const mantissa = end;
  let exponent: i32 = 0;
  if ((load<u8>(end) | 0x20) === 0x65) {
    const sign = load<u8>(end + 1);
    const first = end + 1 + usize(sign === minus || sign === 0x2b);
    const length = digitsAt(first);
    // Two digits and two hundred bytes stay far below the limit of a double.
    if (length === 0 || length > 2) return nowhere;
    exponent = i32(numberAt(first, length));
    if (sign === minus) exponent = -exponent;
    end = first + length;
  }
  if (mantissa - from > longestFloat) return nowhere;
  if (!has(column, Flag.bounded)) return end;
  if (digits + decimals > exactWhole) return nowhere;
  const whole = f64(numberAt(from, digits) * power(i32(decimals)) + numberAt(mantissa - decimals, decimals));
  const shift = exponent - i32(decimals);
  if (abs(shift) > exactPower) return nowhere;
  const value = shifted(whole, shift);
  return isFloatWithin(column, isNegative ? -value : value) ? end : nowhere;
}

/** A number times a power of ten, rounded once. */
function shifted(whole: f64, power: i32): f64 {
  let scale: f64 = 1;
  for (let at = abs(power); at > 0; at--) scale *= 10;
  return power < 0 ? whole / scale : whole * scale;
}
