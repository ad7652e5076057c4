import { type Digits, digitsOf, isNumber } from '../../values/index.ts';
import type { KpiItem } from './items.ts';

/** What DynamoDB rejects, checked before anything is written. Sizes are in bytes, counted as in its documentation. */

/** The documented limits of an item, its keys and its numbers. */
const kpiLimits = {
  item: 400 * 1024,
  partitionKey: 2048,
  sortKey: 1024,
  levels: 32,
  digits: 38,
  /** A number's first digit stands for at most ten to the power of 125 and at least of -130. */
  largest: 125,
  smallest: -130,
} as const;

/** Room for attributes that an item gets later: its expiry, the number of left-out items. */
const reserved = 64;

/** Says why the KPI table never accepts an item; undefined if it does. */
export const kpiProblem = (item: KpiItem): string | undefined =>
  keyProblem(item.pk, 'partition key', kpiLimits.partitionKey) ??
  keyProblem(item.sk, 'sort key', kpiLimits.sortKey) ??
  Object.entries(item).reduce<string | undefined>(
    (problem, [name, value]) => problem ?? valueProblem(name, value, 0),
    undefined,
  ) ??
  sizeProblem(itemSize(item));

type Key = { readonly pk: string; readonly sk: string };

/** Valid keys, each once: a request with any other key fails as a whole. */
export const possibleKeys = <One extends Key>(keys: readonly One[]): One[] => [
  ...new Map(
    keys.filter((key) => !isKeyRejected(key)).map((key) => [JSON.stringify([key.pk, key.sk]), key]),
  ).values(),
];

/** True if no item can have such a key. */
const isKeyRejected = ({ pk, sk }: Key): boolean =>
  keyProblem(pk, '', kpiLimits.partitionKey) !== undefined ||
  keyProblem(sk, '', kpiLimits.sortKey) !== undefined;

const keyProblem = (key: string, what: string, most: number): string | undefined => {
  const bytes = Buffer.byteLength(key);
  if (bytes === 0) return `the ${what} is empty`;
  return bytes > most ? `the ${what} has ${said(bytes)} bytes of at most ${said(most)}` : undefined;
};

const sizeProblem = (bytes: number): string | undefined => {
  const most = kpiLimits.item - reserved;
  return bytes > most ? `the item has ${said(bytes)} bytes of at most ${said(most)}` : undefined;
};

const said = (number: number): string => number.toLocaleString('en-US');

const valueProblem = (name: string, value: unknown, level: number): string | undefined => {
  if (isNumber(value)) return numberProblem(name, String(value));
  if (typeof value !== 'object' || value === null) return undefined;
  if (level === kpiLimits.levels) return `${name} is nested deeper than ${kpiLimits.levels} levels`;
  return Object.values(value).reduce<string | undefined>(
    (problem, part) => problem ?? valueProblem(name, part, level + 1),
    undefined,
  );
};

const numberProblem = (name: string, text: string): string | undefined => {
  const number = digitsOf(text);
  if (!number) return `${name} is ${text}, which DynamoDB does not take for a number`;
  const { digits, exponent } = number;
  if (digits.length > kpiLimits.digits)
    return `${name} has ${digits.length} digits of at most ${kpiLimits.digits}`;
  const power = exponent - 1;
  if (digits === '' || (power <= kpiLimits.largest && power >= kpiLimits.smallest)) return undefined;
  return `${name} is about 1e${power}, DynamoDB takes numbers from 1e${kpiLimits.smallest} to 1e${kpiLimits.largest}`;
};

/** An item's size as DynamoDB counts it; where the documentation is vague about numbers, one byte more. */
export const itemSize = (item: KpiItem): number => attributesSize(Object.entries(item));

const attributesSize = (attributes: readonly (readonly [string, unknown])[]): number =>
  attributes.reduce((total, [name, value]) => total + Buffer.byteLength(name) + valueSize(value), 0);

const valueSize = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (isNumber(value)) return numberSize(digitsOf(String(value)));
  if (typeof value !== 'object' || value === null) return 1;
  const parts = Object.entries(value);
  if (!Array.isArray(value)) return 3 + parts.length + attributesSize(parts);
  return 3 + parts.reduce((total, [, part]) => total + 1 + valueSize(part), 0);
};

/** One byte per two digits, which may begin within a pair, one for the power and one for a sign. */
const numberSize = (number: Digits | undefined): number =>
  number ? 2 + Math.ceil(number.digits.length / 2) + (number.isNegative ? 1 : 0) : 1;
