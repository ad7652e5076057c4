import { compileFigureCondition, doubleOf, exactOf } from './figure-condition.ts';
import { distinctValues } from './key-rules.ts';
import { RulesetError } from './ruleset-error.ts';
import { type CompiledAtom, rowsOf, type Scope, targetOf } from './scope.ts';
import { compileFigure } from './shares.ts';
import type { Atom, Condition } from './syntax.ts';
import { type Column, isNumeric } from './table.ts';

/** A rule about one metric of the file. */
export const compileFigureRule = (atom: Atom, scope: Scope): CompiledAtom => {
  const { condition } = atom;
  if (!condition) throw new TypeError(`${atom.type} was parsed without its condition`);
  const rows = rowsOf(atom, scope);
  if (atom.type === 'RowCount') return compileRowCount(scope.measures.count(rows), condition);
  const column = targetOf(atom, scope);
  if (atom.type === 'DistinctValuesCount')
    return compileFigure(distinctValues(column.sql, rows, scope.measures), condition, exactOf);
  if (atom.type === 'Entropy') {
    const { entropy } = scope.measures.keys([column.sql], `${rows} and ${column.sql} is not null`);
    return compileFigure(rounded(entropy), condition, doubleOf);
  }
  if (!isNumeric(column))
    throw new RulesetError(`${atom.type} applies to numbers, but "${column.name}" holds none`, atom.at);
  const isExact = atom.type === 'Sum' && column.family !== 'float';
  return compileFigure(figureOf(atom, column, rows, scope), condition, isExact ? exactOf : doubleOf);
};

/** A file of repaired rows (its name contains a `#`) is naturally small, so its row count is not checked. */
const compileRowCount = (count: string, condition: Condition): CompiledAtom => ({
  passed: `(position('#' in landed_file) > 0 or ${compileFigureCondition(count, condition, exactOf)})`,
  metric: `cast(${count} as string)`,
});

const figureOf = (atom: Atom, column: Column, rows: string, { measures }: Scope): string => {
  const validated = (type: string) => `case when ${rows} then cast(${column.sql} as ${type}) end`;
  if (atom.type === 'StandardDeviation') return rounded(measures.aggregate(deviationOf(validated('double'))));
  const exact = column.family === 'float' ? 'double' : `decimal(38, ${column.scale})`;
  const sum = measures.aggregate(`sum(${validated(exact)})`);
  if (atom.type === 'Sum') return column.family === 'float' ? rounded(sum) : sum;
  const count = measures.count(`${rows} and ${column.sql} is not null`);
  return rounded(`cast(${sum} as double) / nullif(${count}, 0)`);
};

/** A double whose square is not a double, or that is not a number, has no deviation; DuckDB would fail. */
const deviationOf = (double: string): string =>
  `case when max(abs(${double})) < 1e150 then stddev_pop(case when abs(${double}) < 1e150 then ${double} end) end`;

/** The engine decides in which order doubles are added, which changes their last digits. */
const rounded = (double: string): string => `round(${double}, 9)`;
