import { fractionDigits } from './limits.ts';

/** Dates and times in landed files: real calendar days, years 0001-9999, 00:00:00-23:59:59, no offsets. */

/** Formats of a `timestamp` field; `[.ffffff]` is a fraction of one to six digits that may be absent, `Z` is UTC. */
export const timestampFormats = [
  'YYYY-MM-DD HH:mm:ss',
  'YYYY-MM-DD HH:mm:ss[.ffffff]',
  'YYYY-MM-DDTHH:mm:ss',
  'YYYY-MM-DDTHH:mm:ss[.ffffff]',
  'YYYY-MM-DDTHH:mm:ssZ',
  'YYYY-MM-DDTHH:mm:ss[.ffffff]Z',
] as const;

/** Formats of a `date` field. */
export const dateFormats = ['YYYY-MM-DD'] as const;

export type TimeFormat = (typeof timestampFormats)[number] | (typeof dateFormats)[number];

const parts = /YYYY|MM|DD|HH|mm|ss|\[\.ffffff\]/g;
const pair = '([0-9]{2})';
const patternOf = {
  YYYY: '([0-9]{4})',
  MM: pair,
  DD: pair,
  HH: pair,
  mm: pair,
  ss: pair,
  '[.ffffff]': `(?:\\.[0-9]{1,${fractionDigits}})?`,
};

const isPart = (text: string): text is keyof typeof patternOf => Object.hasOwn(patternOf, text);

const compile = (format: TimeFormat): RegExp =>
  new RegExp(`^${format.replace(parts, (part) => (isPart(part) ? patternOf[part] : part))}$`);

/** Days of a month of the proleptic Gregorian calendar; 0 for a month that does not exist. */
export const daysInMonth = (year: number, month: number): number => {
  if (month < 1 || month > 12) return 0;
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
};

/** Says why this is not a day, in a few words; undefined for a day of the years 0001 to 9999. */
export const dateViolation = (year: number, month: number, day: number): string | undefined => {
  if (year < 1) return 'years go from 0001 to 9999';
  const days = daysInMonth(year, month);
  if (days === 0) return 'months go from 01 to 12';
  return day < 1 || day > days ? `that month has ${days} days` : undefined;
};

/** Says why this is not a time of day, in a few words. */
export const clockViolation = (hour: number, minute: number, second: number): string | undefined =>
  hour > 23 || minute > 59 || second > 59 ? 'times go from 00:00:00 to 23:59:59' : undefined;

/** Says why a text is not a moment in that format, in a few words; undefined if it is. */
export const timeViolation = (format: TimeFormat): ((text: string) => string | undefined) => {
  const pattern = compile(format);
  return (text) => {
    const match = pattern.exec(text);
    if (!match) return format;
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
    return clockViolation(hour, minute, second) ?? dateViolation(year, month, day);
  };
};

/** Orders two moments of one format, whatever the length of their fractions. */
export const compareTimes = (one: string, other: string): number => {
  const [a, b] = [sortable(one), sortable(other)];
  return a === b ? 0 : a < b ? -1 : 1;
};

const sortable = (text: string): string => text.replace(/[^0-9]/g, '').padEnd(20, '0');
