import { compileColumnCondition } from './column-condition.ts';
import { compileDataType } from './column-data-type.ts';
import { shifted } from './dialect.ts';
import { compileComparison, compileFigureCondition, exactOf } from './figure-condition.ts';
import { RulesetError } from './ruleset-error.ts';
import { type CompiledAtom, rowsOf, type Scope, targetOf } from './scope.ts';
import { compileShare } from './shares.ts';
import type { Atom, Condition, Value } from './syntax.ts';
import type { Column } from './table.ts';

/** Which rows are checked, and when a row is right. */
type Verdict = { readonly validated: string; readonly right: string };

/** A rule that every row (or the share in its threshold) must meet. */
export const compileRowRule = (atom: Atom, scope: Scope): CompiledAtom => {
  const { validated, right } = verdictOf(atom, scope);
  const whole = scope.measures.count(validated);
  const part = scope.measures.count(`${validated} and (${right})`);
  const condition = atom.type === 'Completeness' ? atom.condition : atom.threshold;
  return {
    ...compileShare(part, whole, condition),
    offends: `${validated} and not coalesce(${right}, false)`,
  };
};

const verdictOf = (atom: Atom, scope: Scope): Verdict => {
  const column = targetOf(atom, scope);
  const rows = rowsOf(atom, scope);
  if (atom.type === 'IsComplete' || atom.type === 'Completeness')
    return { validated: rows, right: `${column.sql} is not null` };
  const { condition } = atom;
  if (!condition) throw new TypeError(`${atom.type} was parsed without its condition`);
  if (atom.type === 'ColumnLength')
    return { validated: `${rows} and ${column.sql} is not null`, right: lengthIs(column, condition, atom) };
  if (atom.type === 'ColumnDataType')
    return { validated: rows, right: compileDataType(column, condition, scope.dialect) };
  if (atom.type === 'DataFreshness') return { validated: rows, right: isFresh(column, condition, atom) };
  return { validated: rows, right: compileColumnCondition(column, condition, scope) };
};

const lengthIs = (column: Column, condition: Condition, { at }: Atom): string => {
  if (column.family !== 'text' && column.family !== 'integer')
    throw new RulesetError(`ColumnLength applies to texts, but "${column.name}" holds none`, at);
  const text = column.family === 'text' ? column.sql : `cast(${column.sql} as string)`;
  return compileFigureCondition(`length(${text})`, condition, exactOf);
};

/** An age compares as the moment so long ago, in the other direction: older is earlier. */
const isFresh = (column: Column, condition: Condition, { at }: Atom): string => {
  if (column.family !== 'date' && column.family !== 'timestamp')
    throw new RulesetError(
      `DataFreshness applies to dates and timestamps, but "${column.name}" holds none`,
      at,
    );
  const moment = column.family === 'date' ? `cast(${column.sql} as timestamp)` : column.sql;
  return `${column.sql} is not null and ${compileComparison(moment, mirrored(condition), landedBefore)}`;
};

const landedBefore = (value: Value): string => {
  if (value.kind !== 'duration') throw new RulesetError('expected a duration', value.at);
  return shifted('"landed_at"', '-', value);
};

const MIRROR = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=', '!=': '!=' } as const;

const mirrored = (condition: Condition): Condition => {
  if (condition.kind === 'compare') return { ...condition, operator: MIRROR[condition.operator] };
  if (condition.kind === 'between') return { ...condition, low: condition.high, high: condition.low };
  return condition;
};
