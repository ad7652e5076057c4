import type { Measures } from './measures.ts';
import { type CompiledAtom, copiesOf, rowsOf, type Scope } from './scope.ts';
import { compileShare } from './shares.ts';
import type { Atom } from './syntax.ts';
import { columnOf } from './table.ts';

/** A rule about keys: how often the values of one or more columns occur within the file. */
export const compileKeyRule = (atom: Atom, scope: Scope): CompiledAtom => {
  const columns = atom.parameters.map((parameter) => columnOf(scope.table, parameter).sql);
  const rows = rowsOf(atom, scope);
  if (atom.type === 'IsPrimaryKey') return compilePrimaryKey(columns, rows, scope);
  const keyed = `${rows} and (${columns.map((column) => `${column} is not null`).join(' or ')})`;
  const { rows: whole, keys, once } = scope.measures.keys(columns, keyed);
  const share =
    atom.type === 'UniqueValueRatio'
      ? compileShare(once, keys, atom.condition)
      : compileShare(once, whole, atom.condition);
  return { ...share, offends: `${keyed} and ${copiesOf(columns, keyed, scope)} > 1` };
};

/** Every row has a complete key, and no other row has the same. */
const compilePrimaryKey = (columns: readonly string[], rows: string, scope: Scope): CompiledAtom => {
  const complete = columns.map((column) => `${column} is not null`).join(' and ');
  const { once } = scope.measures.keys(columns, `${rows} and ${complete}`);
  const whole = scope.measures.count(rows);
  const copies = copiesOf(columns, rows, scope);
  return {
    ...compileShare(once, whole, undefined),
    offends: `${rows} and (not (${complete}) or ${copies} > 1)`,
  };
};

/** Distinct values; NULL counts as one. */
export const distinctValues = (column: string, rows: string, measures: Measures): string =>
  measures.keys([column], rows).keys;
