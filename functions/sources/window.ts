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
  let month = monthOf(`${first}-01`);
  while (month.from.slice(0, 7) <= last) {
    months.push(month);
    month = monthOf(addDays(month.to, 1));
  }
  return months;
};

/**
 * The months that are due on a day, oldest first: the last closed one, and each that had records to come, `late_days` after its
 * end, when the months were pulled one month before. A snapshot has no late records.
 */
export const dueWindows = (
  { late_days, snapshot }: Pick<Source, 'late_days' | 'snapshot'>,
  day: string,
): Window[] => {
  const closed = monthBefore(monthOf(day));
  const due = [closed];
  const lastPull = closed.from;
  let month = monthBefore(closed);
  while (!snapshot && addDays(month.to, late_days) >= lastPull) {
    due.unshift(month);
    month = monthBefore(month);
  }
  return due;
};

const monthBefore = ({ from }: Window): Window => monthOf(addDays(from, -1));

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
