import { fractionDigits } from './limits.ts';
import { clockViolation, dateViolation } from './time.ts';

/** Timestamps with an offset from UTC, as ISO 8601 and RFC 3339 write them: `2024-06-25T17:43:13.5+02:00`. */

const fraction = `\\.[0-9]{1,${fractionDigits}}`;
const local = `([0-9]{4})-([0-9]{2})-([0-9]{2})[ T]([0-9]{2}):([0-9]{2}):([0-9]{2})(${fraction})?`;
const zoned = new RegExp(`^${local}(?:Z|([+-])([0-9]{2})(?::?([0-9]{2}))?)$`);
const unzoned = new RegExp(`^${local}$`);

/** Shown if a text is not such a timestamp. */
const grammar = 'YYYY-MM-DDTHH:mm:ss[.ffffff], then Z or an offset such as +02:00';

/** No place on earth is farther from UTC. */
const mostMinutes = 14 * 60;

/** Shortest and longest text of a timestamp with an offset, in characters. */
export const zonedLengths = [20, 32] as const;

/** Says why a text is not a timestamp with an offset, in a few words; undefined if it is. */
export const zonedViolation = (text: string): string | undefined => {
  const match = zoned.exec(text);
  if (!match) return unzoned.test(text) ? 'it has no offset from UTC, such as Z or +02:00' : grammar;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const violation = clockViolation(hour, minute, second) ?? dateViolation(year, month, day);
  if (violation !== undefined) return violation;
  if (Number(match[10] ?? 0) > 59 || Math.abs(offsetOf(match)) > mostMinutes)
    return 'offsets go from -14:00 to +14:00';
  const utcYear = momentOf(match).getUTCFullYear();
  return utcYear < 1 || utcYear > 9999 ? 'years go from 0001 to 9999, in UTC' : undefined;
};

/**
 * A timestamp with an offset as UTC without one, `YYYY-MM-DD HH:mm:ss[.f]`, the zeros at the end of its fraction left out:
 * equal moments are equal texts. The text is one that `zonedViolation` accepts.
 */
export const utcText = (text: string): string => {
  const match = zoned.exec(text);
  if (!match) throw new TypeError(`${text} is no timestamp with an offset`);
  const fraction = (match[7] ?? '').replace(/\.?0*$/, '');
  const iso = momentOf(match).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction}`;
};

/** Orders two timestamps by the moment that they name. */
export const compareZoned = (one: string, other: string): number => {
  const [a, b] = [utcText(one), utcText(other)];
  return a === b ? 0 : a < b ? -1 : 1;
};

/** Minutes that a local time is ahead of UTC. */
const offsetOf = (match: RegExpExecArray): number =>
  (match[8] === '-' ? -1 : 1) * (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0));

/** The moment without its fraction of a second; `Date.UTC` reads years below 100 as those of the last century. */
const momentOf = (match: RegExpExecArray): Date => {
  const [year = 0, month = 1, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  moment.setUTCHours(hour, minute - offsetOf(match), second);
  return moment;
};
