import type { Item } from '../dynalite.ts';

/** Entries in the order in which items expire: `ttl~<table>~<seconds>~<key of the item>`. Only the key has a meaning. */
const digits = 12;
const place = (seconds: number): string => String(seconds).padStart(digits, '0');
const before = (table: string): string => `ttl~${table}~`;

/** The last second that an entry can hold; what expires later has none. */
const last = 10 ** digits - 1;

/** The time at which an item expires, in seconds since 1970; undefined if it never does: only a number counts. */
export const expiryOf = (item: Item | undefined, attribute: string): number | undefined => {
  const text = item?.[attribute]?.N;
  const seconds = typeof text === 'string' ? Math.floor(Number(text)) : Number.NaN;
  return seconds >= 0 && seconds <= last ? seconds : undefined;
};

export const entryOf = (table: string, seconds: number, key: string): string =>
  `${before(table)}${place(seconds)}~${key}`;

/** What an entry says. */
export const readEntry = (
  table: string,
  entry: string,
): { readonly seconds: number; readonly key: string } => {
  const rest = entry.slice(before(table).length);
  return { seconds: Number(rest.slice(0, digits)), key: rest.slice(digits + 1) };
};

/** Entries of items that expire from one second on and before another. */
export const entriesBetween = (table: string, from: number, to: number) => ({
  gte: `${before(table)}${place(Math.max(0, from))}`,
  lt: `${before(table)}${place(Math.min(last, Math.max(0, to)))}`,
});

/** All entries of a table. */
export const allEntries = (table: string) => ({ gte: before(table), lt: `${before(table)}\xff` });
