import { type PriceName, prices } from './prices.ts';

/** One line of a bill: so many of what has a price. */
export type Line = { readonly what: string; readonly price: PriceName; readonly count: number };

/** US dollars of a line. */
export const dollarsOf = ({ price, count }: Line): number => prices[price].usd * count;

/** US dollars of all lines. */
export const sumOf = (lines: readonly Line[]): number =>
  lines.reduce((sum, line) => sum + dollarsOf(line), 0);

/** Lines with the same name and price, added up in the order of the first of each. */
export const addedUp = (lines: readonly Line[]): Line[] => {
  const sums = new Map<string, Line>();
  for (const line of lines) {
    const key = `${line.what}|${line.price}`;
    sums.set(key, { ...line, count: line.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()];
};
