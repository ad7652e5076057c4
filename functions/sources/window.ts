import type { Source } from './source.ts';

/** Days from the first to the last one, both included: `2024-01-31`. */
export type Window = { readonly from: string; readonly to: string };

const millisecondsOfDay = 86_400_000;

/** The day that is so many days later; earlier if the number is negative. */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * millisecondsOfDay).toISOString().slice(0, 10);

/** The month of a day. */
export const monthOf = (day: string): Window => {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  return {
    from: `${day.slice(0, 7)}-01`,
    to: new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10),
  };
};

/** The months from one to another, `2020-01` to `2024-06`, both included, oldest first; none if the last one is earlier. */
export const monthsFrom = (first: string, last: string): Window[] => {
  const months: Window[] = [];
  for (let month = monthOf(`${first}-01`); month.from.slice(0, 7) <= last; ) month = nextAfter(months, month);
  return months;
};

const nextAfter = (months: Window[], month: Window): Window => {
  months.push(month);
  return monthOf(addDays(month.to, 1));
};

/**
 * The months that are due on a day, oldest first: the last closed one, and each that ended at most `late_days` before that day.
 * A snapshot has no late records.
 */
export const dueWindows = (
  { late_days, snapshot }: Pick<Source, 'late_days' | 'snapshot'>,
  day: string,
): Window[] => {
  const due: Window[] = [];
  const earliest = addDays(day, -late_days);
  let month = monthOf(addDays(monthOf(day).from, -1));
  do {
    due.unshift(month);
    month = monthOf(addDays(month.from, -1));
  } while (!snapshot && month.to >= earliest);
  return due;
};

/** The window that is asked for: with so many more days at both ends. */
export const widened = ({ from, to }: Window, days: number): Window => ({
  from: addDays(from, -days),
  to: addDays(to, days),
});

/** A text of a source with the days of the window in place of `{from}`, `{to}` and `{after}`. */
export const withWindow = (text: string, { from, to }: Window): string =>
  text.replace(/\{(from|to|after)\}/g, (_, name: string) =>
    name === 'from' ? from : name === 'to' ? to : addDays(to, 1),
  );

/** True if the text has a day of the window. */
export const hasWindow = (text: string): boolean => /\{(from|to|after)\}/.test(text);
