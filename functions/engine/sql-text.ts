import { identifier, literal } from '../values/index.ts';

/** A timestamp literal in UTC from ISO 8601. */
export const timestamp = (iso: string): string =>
  `timestamp ${literal(new Date(iso).toISOString().replace('T', ' ').replace('Z', ''))}`;

/** A parenthesised list for `in`, `values` or a function's arguments. */
export const list = (items: readonly string[]): string => `(${items.join(', ')})`;

/** Identifiers, separated by commas. */
export const columnList = (names: readonly string[]): string => names.map(identifier).join(', ');
