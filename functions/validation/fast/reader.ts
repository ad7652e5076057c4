import type { Header } from '../csv/header.ts';
import type { FieldValidator } from '../fields/check.ts';
import type { KeyIndex } from '../keys/key-index.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { describeColumns, isBeyondScanner } from './columns.ts';
import { scanMachine } from './machine.ts';
import { mostColumns } from './piece.ts';
import { RecordScanner, type WatchedCheck } from './records.ts';
import { valueCheck } from './values.ts';

/** What precedes the records of a call: a number of records, and of physical lines. */
export type Place = { readonly records: number; readonly lines: number };

/**
 * The scanner of valid records under a header, which adds their keys to the index; undefined for more columns than it has
 * room for. `place` is asked for each record of which it looks at values.
 */
export const openScanner = (
  { columns, validates }: Header,
  manifest: Manifest,
  index: KeyIndex | undefined,
  place: () => Place,
): RecordScanner | undefined => {
  if (columns.length > mostColumns) return undefined;
  const key = index
    ? (manifest.key ?? []).map((name) => validates.findIndex((validate) => validate?.field.name === name))
    : [];
  const keyAt = key.includes(-1) ? [] : key;
  const watched = [...validates.keys()].filter((at) => keyAt.includes(at) || isBeyond(validates[at]));
  const described = describeColumns(validates, (at) => watched.includes(at));
  const areRight = valuesCheck(
    watched.map((at) => validates[at]),
    manifest.quote,
  );
  const addKey = keyAdder(
    keyAt.map((at) => watched.indexOf(at)),
    manifest.quote,
    index,
    place,
  );
  const check: WatchedCheck = (...record) => areRight(...record) && addKey(...record);
  return new RecordScanner(scanMachine(), manifest, { described, watched: watched.length }, check);
};

const isBeyond = (validate: FieldValidator | undefined): boolean =>
  validate !== undefined && isBeyondScanner(validate.field);

/** Looks at the values of the watched columns that the scanner cannot validate. */
const valuesCheck = (validates: readonly (FieldValidator | undefined)[], quote: string): WatchedCheck => {
  const checks = validates.map((validate) =>
    validate && isBeyond(validate) ? { validate, isRight: valueCheck(validate) } : undefined,
  );
  return (bytes, values, at) => {
    for (let column = 0; column < checks.length; column++) {
      const check = checks[column];
      const start = values[at + 2 * column] ?? 0;
      const end = values[at + 2 * column + 1] ?? 0;
      if (!check || start === end) continue;
      const isRight =
        end < 0
          ? check.validate.violation(undoubled(bytes, start, ~end, quote)) === undefined
          : check.isRight(bytes, start, end);
      if (!isRight) return false;
    }
    return true;
  };
};

const undoubled = (bytes: Buffer, start: number, end: number, quote: string): string =>
  bytes.toString('utf8', start, end).replaceAll(quote + quote, quote);

/** Adds the key of each record; `places` are those of its fields among the watched columns. */
const keyAdder = (
  places: readonly number[],
  quote: string,
  index: KeyIndex | undefined,
  place: () => Place,
): WatchedCheck => {
  if (!index || places.length === 0) return () => true;
  return (bytes, values, at, record, line) => {
    for (const column of places) {
      const start = values[at + 2 * column] ?? 0;
      const end = values[at + 2 * column + 1] ?? 0;
      if (end < 0) index.takeText(undoubled(bytes, start, ~end, quote));
      else index.take(bytes, start, end);
    }
    const { records, lines } = place();
    index.add(records + record + 1, lines + line + 1);
    return true;
  };
};
