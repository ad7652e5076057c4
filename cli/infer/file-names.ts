import { basename } from 'node:path';
import { escaped } from './text-shape.ts';

/** What the names of a dataset's files have in common. */
export type FileNames = {
  readonly extension: string;
  /** RE2 syntax, for the whole name. */
  readonly pattern: string;
};

/** The name of a file without folders and `.gz`. */
const plainName = (path: string): string => basename(path).replace(/\.gz$/, '');

/** From the last dot; empty if the name has none. */
export const extensionOf = (path: string): string => /\.[A-Za-z0-9]+$/.exec(plainName(path))?.[0] ?? '';

const stemOf = (path: string): string => plainName(path).slice(0, -extensionOf(path).length || undefined);

/**
 * The dataset that a file's name suggests: `streams` for `streams1.csv`, `card_payments` for `Card-Payments_2020-01-31.csv`,
 * `data` for a name without words.
 */
export const datasetName = (path: string): string => {
  const words = stemOf(path)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[0-9]{8}T[0-9]{4,6}Z?/g, '_')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/(^|_)v?[0-9]+(?=_|$)/g, '_')
    .replace(/[0-9]+$/, '')
    .replace(/_+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '');
  return words === '' ? 'data' : words;
};

/** A pattern that fits all these names, and the same names with other numbers and dates. */
export const fileNames = (paths: readonly string[]): FileNames => {
  const [first = ''] = paths;
  const extension = extensionOf(first);
  const patterns = [...new Set(paths.map(stemOf).map(stemPattern))];
  return { extension, pattern: `${together(patterns)}${escaped(extension)}` };
};

/** If a name has no number, a later one may have one. */
const together = (patterns: readonly string[]): string => {
  const [first = ''] = patterns;
  if (patterns.length === 1) return first.includes('[0-9]') ? first : `${first}[0-9]*`;
  const bare = patterns.find((pattern) => !pattern.includes('[0-9]'));
  if (patterns.length === 2 && bare !== undefined && patterns.includes(`${bare}[0-9]+`))
    return `${bare}[0-9]*`;
  return `(${patterns.join('|')})`;
};

const runs = /[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}_[0-9]{2}_[0-9]{2}|[0-9]+/g;

const stemPattern = (stem: string): string => {
  const literals = stem.split(runs);
  const numbers = (stem.match(runs) ?? []).map(numberPattern);
  return literals.map((literal, at) => escaped(literal) + (numbers[at] ?? '')).join('');
};

const numberPattern = (run: string): string => {
  if (/[-_]/.test(run)) return run.replace(/[0-9]+/g, ({ length }) => `[0-9]{${length}}`);
  return /^(?:19|20)[0-9]{6}$/.test(run) ? '[0-9]{8}' : '[0-9]+';
};
