import { compileCustomSql } from './custom-sql.ts';
import { figure } from './dialect.ts';
import { compileFigureRule } from './figure-rules.ts';
import { compileKeyRule } from './key-rules.ts';
import { compileRowRule } from './row-rules.ts';
import type { CompiledAtom, Scope } from './scope.ts';
import type { Atom, Composite, Rule } from './syntax.ts';
import { compileReference, compileSchemaRule } from './table-rules.ts';

/** A rule as SQL over the facts of a file; the parts of `and` and `or` are checked separately. */
export const compileRule = (rule: Rule, scope: Scope): CompiledAtom =>
  rule.kind === 'atom'
    ? compileAtom(rule, scope)
    : combine(
        rule,
        rule.parts.map((part) => compileRule(part, scope)),
      );

const compileAtom = (atom: Atom, scope: Scope): CompiledAtom => {
  switch (atom.type) {
    case 'IsComplete':
    case 'Completeness':
    case 'ColumnLength':
    case 'ColumnValues':
    case 'ColumnDataType':
    case 'DataFreshness':
      return compileRowRule(atom, scope);
    case 'IsUnique':
    case 'IsPrimaryKey':
    case 'Uniqueness':
    case 'UniqueValueRatio':
      return compileKeyRule(atom, scope);
    case 'RowCount':
    case 'DistinctValuesCount':
    case 'Mean':
    case 'Sum':
    case 'StandardDeviation':
    case 'Entropy':
      return compileFigureRule(atom, scope);
    case 'ColumnExists':
    case 'ColumnCount':
    case 'ColumnNamesMatchPattern':
      return compileSchemaRule(atom, scope);
    case 'ReferentialIntegrity':
      return compileReference(atom, scope);
    case 'CustomSql':
      return compileCustom(atom, scope);
  }
};

const compileCustom = (atom: Atom, { customs, measures, dialect }: Scope): CompiledAtom => {
  const number = customs.length + 1;
  customs.push({ atom: number, sql: compileCustomSql(atom, dialect) });
  const { metric, passed } = measures.custom(number);
  return { passed: `coalesce(${passed}, false)`, metric: figure(metric) };
};

/** A row breaks an `and` if it breaks any part, an `or` only if it breaks all. */
const combine = ({ kind }: Composite, parts: readonly CompiledAtom[]): CompiledAtom => {
  const offences = parts.flatMap(({ offends }) => (offends === undefined ? [] : [`(${offends})`]));
  const isTelling = kind === 'and' ? offences.length > 0 : offences.length === parts.length;
  return {
    passed: `(${parts.map(({ passed }) => passed).join(` ${kind} `)})`,
    metric: parts.map(({ metric }) => `coalesce(${metric}, '-')`).join(` || ' ${kind} ' || `),
    ...(isTelling && { offends: offences.join(kind === 'and' ? ' or ' : ' and ') }),
  };
};
