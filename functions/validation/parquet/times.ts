import type { TimeUnit } from './footer.ts';

/** Days and times as exact texts: no fraction of a second is dropped, and years have no limits. */

const perSecond: Readonly<Record<TimeUnit, number>> = { MILLIS: 1e3, MICROS: 1e6, NANOS: 1e9 };
const secondsOfDay = 86_400;

/** `YYYY-MM-DD` of a day since 1970, as the Gregorian calendar has it. */
export const dayText = (day: number): string => {
  if (day !== lastDay) {
    lastText = calendarText(day);
    lastDay = day;
  }
  return lastText;
};

let [lastDay, lastText] = [0, '1970-01-01'];

/** From days to a date of any year: https://howardhinnant.github.io/date_algorithms.html#civil_from_days */
const calendarText = (day: number): string => {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const date = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const sign = year < 0 ? '-' : '';
  return `${sign}${padded(Math.abs(year), 4)}-${padded(month, 2)}-${padded(date, 2)}`;
};

const padded = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** `YYYY-MM-DD HH:mm:ss`, with a fraction if there is one. */
export const timestampText = (moment: number | bigint, unit: TimeUnit): string => {
  const [seconds, rest] = split(moment, perSecond[unit]);
  const day = Math.floor(seconds / secondsOfDay);
  return `${dayText(day)} ${clockText(seconds - day * secondsOfDay)}${fractionText(rest, unit)}`;
};

/** `HH:mm:ss`, with a fraction if there is one; a time outside of a day stays a number. */
export const timeText = (time: number | bigint, unit: TimeUnit): string => {
  const [seconds, rest] = split(time, perSecond[unit]);
  if (seconds < 0 || seconds >= secondsOfDay) return `${time} ${unit.toLowerCase()}`;
  return `${clockText(seconds)}${fractionText(rest, unit)}`;
};

/** ISO 8601, of months, days and milliseconds. */
export const intervalText = (bytes: Buffer): string => {
  const milliseconds = bytes.readUInt32LE(8);
  const [seconds, rest] = split(milliseconds, perSecond.MILLIS);
  return `P${bytes.readUInt32LE(0)}M${bytes.readUInt32LE(4)}DT${seconds}${fractionText(rest, 'MILLIS')}S`;
};

/** Whole seconds, rounded down, and the rest. */
const split = (value: number | bigint, unit: number): readonly [seconds: number, rest: number] => {
  if (typeof value === 'number') {
    const rest = ((value % unit) + unit) % unit;
    return [(value - rest) / unit, rest];
  }
  const rest = ((value % BigInt(unit)) + BigInt(unit)) % BigInt(unit);
  return [Number((value - rest) / BigInt(unit)), Number(rest)];
};

const clockText = (seconds: number): string =>
  `${padded(Math.floor(seconds / 3600), 2)}:${padded(Math.floor(seconds / 60) % 60, 2)}:${padded(seconds % 60, 2)}`;

const fractionText = (rest: number, unit: TimeUnit): string =>
  rest === 0 ? '' : `.${padded(rest, String(perSecond[unit]).length - 1).replace(/0+$/, '')}`;
