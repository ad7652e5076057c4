import { fractionDigits } from '../../fields/limits';
import { has, isWithin, kindOf } from './column';
import { nowhere, point, zero } from './dialect';
import { digitsAt, isDigit, numberAt } from './digits';
import { Flag, Kind } from './layout';

const space: u8 = 0x20;
const colon: u8 = 0x3a;
const letterT: u8 = 0x54;
const letterZ: u8 = 0x5a;
const yearZero: u32 = 0x30303030;
const dateBytes: usize = 10;
const timestampBytes: usize = 19;
const mostDecimals: usize = fractionDigits;
const secondsOfDay: u64 = 86_400;
const microseconds: u64 = 1_000_000;

/** The end of a date or a timestamp; its start if there is none, `nowhere` if it is uncertain. */
export function momentEnd(column: usize, start: usize): usize {
  if (!isDigit(load<u8>(start))) return start;
  return kindOf(column) === Kind.date ? dateEnd(column, start) : timestampEnd(column, start);
}

function dateEnd(column: usize, start: usize): usize {
  // Sixteen bytes at once: each is at least this one ...
  const least = i8x16(48, 48, 48, 48, 45, 48, 48, 45, 48, 48, 0, 0, 0, 0, 0, 0);
  // ... and at most so much more.
  const range = i8x16(9, 9, 9, 9, 0, 1, 9, 0, 3, 9, -1, -1, -1, -1, -1, -1);
  const digits = i8x16.sub(v128.load(start), least);
  if (!i8x16.all_true(i8x16.le_u(digits, range))) return nowhere;
  const pairs = pairsOf(digits);
  if (!isDay(start, pairs)) return nowhere;
  if (!has(column, Flag.bounded)) return start + dateBytes;
  const moment = dayNumber(start, pairs) * secondsOfDay * microseconds;
  return isWithin(column, i64(moment)) ? start + dateBytes : nowhere;
}

function timestampEnd(column: usize, start: usize): usize {
  const least = i8x16(48, 48, 48, 48, 45, 48, 48, 45, 48, 48, 0, 48, 48, 58, 48, 48);
  const range = i8x16(9, 9, 9, 9, 0, 1, 9, 0, 3, 9, -1, 2, 9, 0, 5, 9);
  const digits = i8x16.sub(v128.load(start), least);
  if (!i8x16.all_true(i8x16.le_u(digits, range))) return nowhere;
  const pairs = pairsOf(digits);
  if (!isDay(start, pairs) || hourOf(pairs) > 23 || !areSeconds(start + 16)) return nowhere;
  const separator = load<u8>(start + dateBytes);
  if (separator !== (has(column, Flag.lettered) ? letterT : space)) return nowhere;
  return ending(column, start, pairs);
}

const everyOther: u64 = (u64(0x00ff_00ff) << 32) | 0x00ff_00ff;

/** Month, day, hour and minute, sixteen bits each, out of the values of sixteen bytes. */
function pairsOf(digits: v128): u64 {
  const chosen = i8x16.swizzle(digits, i8x16(5, 6, 8, 9, 11, 12, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0));
  const eight = i64x2.extract_lane(chosen, 0);
  return (eight * 10 + (eight >>> 8)) & everyOther;
}

function monthOf(pairs: u64): u32 {
  return u32(pairs & 0xff);
}

function dayOf(pairs: u64): u32 {
  return u32(pairs >> 16) & 0xff;
}

function hourOf(pairs: u64): u32 {
  return u32(pairs >> 32) & 0xff;
}

function minuteOf(pairs: u64): u32 {
  return u32(pairs >> 48);
}

/** Days of a month beyond 28, two bits for each month from 0 on. */
const longMonths: u32 = 0x3bbeecc;

function isDay(start: usize, pairs: u64): bool {
  const month = monthOf(pairs);
  const day = dayOf(pairs);
  if (month - 1 > 11 || day === 0 || load<u32>(start) === yearZero) return false;
  const most: u32 = 28 + ((longMonths >> (2 * month)) & 3);
  return day <= most || (month === 2 && day === 29 && isLeapYear(u32(numberAt(start, 4))));
}

function isLeapYear(year: u32): bool {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** `:ss` */
function areSeconds(at: usize): bool {
  return load<u8>(at) === colon && load<u8>(at + 1) - zero < 6 && isDigit(load<u8>(at + 2));
}

/** The part after the seconds, as in the format. */
function ending(column: usize, start: usize, pairs: u64): usize {
  let end = start + timestampBytes;
  let decimals: usize = 0;
  if (has(column, Flag.fraction) && load<u8>(end) === point) {
    decimals = digitsAt(end + 1);
    if (decimals === 0 || decimals > mostDecimals) return nowhere;
    end += 1 + decimals;
  }
  if (has(column, Flag.bounded) && !isTimeWithin(column, start, pairs, decimals)) return nowhere;
  if (!has(column, Flag.zulu)) return end;
  return load<u8>(end) === letterZ ? end + 1 : nowhere;
}

function isTimeWithin(column: usize, start: usize, pairs: u64, decimals: usize): bool {
  let fraction = numberAt(start + timestampBytes + 1, decimals);
  for (let at = decimals; at < mostDecimals; at++) fraction *= 10;
  const seconds = (hourOf(pairs) * 60 + minuteOf(pairs)) * 60 + u32(numberAt(start + 17, 2));
  const moment = (dayNumber(start, pairs) * secondsOfDay + seconds) * microseconds + fraction;
  return isWithin(column, i64(moment));
}

/** Grows with the calendar; no count of days, for months are all taken as 32 days. */
function dayNumber(start: usize, pairs: u64): u64 {
  return (numberAt(start, 4) * 13 + monthOf(pairs)) * 32 + dayOf(pairs);
}
