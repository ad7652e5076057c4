import type { SpecFile } from '../pipeline/index.ts';
import { literal } from '../values/index.ts';
import { list } from './sql-text.ts';

/** Files of a batch that one table function can read together. */
export type ReadGroup = {
  readonly files: readonly (SpecFile & { readonly path: string })[];
  readonly facts: SpecFile['facts'];
};

/** How the files of a group become rows. */
export type Reading = {
  /** SQL of a relation, which the other members call `landed`. */
  readonly relation: string;
  /** The path of the file that a row comes from. */
  readonly path: string;
  /** One entry of a select list for each column of the landed relation that the manifest names. */
  readonly columns: readonly string[];
  /** SQL of a JSON object with the texts of all other columns, NULL if there are none. */
  readonly unknown: string;
};

/** Longest record that is read: the most that a manifest may allow, and its line end. */
export const longestRecord = 16 * 2 ** 20 + 1_024;

/** A JSON object of columns, each with its name and the SQL of its text. */
export const textsObject = (columns: readonly (readonly [name: string, sql: string])[]): string =>
  columns.length === 0
    ? 'cast(null as varchar)'
    : `cast(json_object${list(columns.map(([name, sql]) => `${literal(name)}, ${sql}`))} as varchar)`;
