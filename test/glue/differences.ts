import { parseRuleset } from '../../functions/quality/parse.ts';
import { valuesOf } from '../../functions/quality/signature.ts';
import type { Atom, Condition, Rule } from '../../functions/quality/syntax.ts';
import { printRuleset } from '../functions/quality/print.ts';
import type { Cell, Row } from '../functions/quality/ruleset-bench.ts';
import { PREDICATES } from './conformance-cases.ts';

/** One rule without `and` and `or`, asked of one file. */
type Question = {
  readonly atom: Atom;
  readonly rows: readonly Row[];
  /** Rows that meet the rule's predicate. */
  readonly validated: readonly Row[];
  /** What the rule's first column holds in them. */
  readonly values: readonly Cell[];
  /** What Deequ answers to the rule without its threshold. */
  readonly withoutThreshold: () => boolean;
};

/** Something in which Deequ answers otherwise, on purpose: `says` is its answer, undefined where it answers as we do. */
export type Difference = {
  /** As the table in docs/quality.md names it. */
  readonly about: string;
  readonly says: (question: Question) => boolean | undefined;
};

const FIGURES = ['Sum', 'Mean', 'StandardDeviation', 'Entropy'];
const KEYS = ['IsUnique', 'Uniqueness'];
const FAILS_WHEN_EMPTY = [
  ...['IsComplete', 'Completeness', 'IsUnique', 'IsPrimaryKey', 'Uniqueness', 'UniqueValueRatio'],
  ...['ColumnLength', 'ColumnValues', 'ReferentialIntegrity', 'CustomSql'],
];

const isNegated = (condition: Condition | undefined): boolean =>
  condition !== undefined && (condition.kind === 'compare' ? condition.operator === '!=' : condition.negated);
const hasNull = (values: readonly Cell[]): boolean => values.includes(null);
const isAllNull = (values: readonly Cell[]): boolean => values.every((value) => value === null);
const speaksOf = ({ parameters }: Atom, column: string): boolean => parameters[0]?.text === column;

/** Deequ takes a figure of nothing but NULL under a predicate for one of no row. */
const noFigure = ({ type, where }: Atom, values: readonly Cell[]): boolean | undefined => {
  if (!where || !isAllNull(values)) return undefined;
  if (type === 'UniqueValueRatio') return false;
  return [...FIGURES, ...KEYS].includes(type) ? true : undefined;
};
/** Deequ counts rows for which a predicate is false, and passes where it is NULL for all. */
const isUnknown = (predicate: string, rows: readonly Row[]): boolean =>
  rows.every((row) => predicate.startsWith('id') && (row.id ?? null) === null);

/** Every known difference; the first that has an answer gives Deequ's. */
export const DIFFERENCES: readonly Difference[] = [
  {
    about: 'a predicate that meets no row',
    says: ({ atom, rows, validated, values }) => {
      if (!atom.where || atom.type === 'DistinctValuesCount' || validated.length > 0)
        return noFigure(atom, values);
      if (atom.type === 'RowCount')
        return rows.length === 0 || isUnknown(atom.where.text, rows) ? true : undefined;
      return atom.type !== 'UniqueValueRatio';
    },
  },
  {
    about: 'a file without rows',
    says: ({ atom, rows }) =>
      rows.length === 0 && !atom.where && FAILS_WHEN_EMPTY.includes(atom.type) && !isCount(atom)
        ? false
        : undefined,
  },
  {
    about: 'a column of nothing but NULL',
    says: ({ atom, validated, values }) => {
      const { type, condition } = atom;
      const isKey = [...KEYS, 'UniqueValueRatio'].includes(type);
      const isLength = type === 'ColumnLength' && (condition?.kind === 'compare' || !isNegated(condition));
      return validated.length > 0 && isAllNull(values) && (isKey || isLength) ? false : undefined;
    },
  },
  {
    about: '`IsPrimaryKey` of several columns',
    says: ({ atom: { type, parameters }, validated }) => {
      if (type !== 'IsPrimaryKey' || parameters.length === 1 || validated.length === 0) return undefined;
      const keys = validated.map((row) => parameters.map(({ text }) => row[text] ?? null));
      const keyed = keys.filter((key) => !isAllNull(key)).map((key) => JSON.stringify(key));
      return keyed.length > 0 && new Set(keyed).size === keyed.length;
    },
  },
  {
    about: '`ColumnLength … !=`',
    says: ({ atom: { type, condition }, values }) => {
      if (type !== 'ColumnLength' || condition?.kind !== 'compare' || condition.operator !== '!=')
        return undefined;
      const wanted = Number(condition.value.kind === 'number' ? condition.value.digits : Number.NaN);
      const lengths = values.filter((value) => value !== null).map((value) => [...String(value)].length);
      return Math.min(...lengths) !== wanted && Math.max(...lengths) !== wanted;
    },
  },
  {
    about: '`ColumnLength … in`',
    says: ({ atom: { type, condition }, values }) =>
      type === 'ColumnLength' && condition?.kind === 'in' && !condition.negated && hasNull(values)
        ? false
        : undefined,
  },
  {
    about: '`!=` and `not in` with `EMPTY` or `WHITESPACES_ONLY`',
    says: ({ atom: { type, condition }, values }) =>
      type === 'ColumnValues' &&
      condition &&
      isNegated(condition) &&
      asksForBlank(condition) &&
      hasNull(values)
        ? false
        : undefined,
  },
  {
    about: '`not matches`',
    says: ({ atom: { condition }, values }) =>
      condition?.kind === 'matches' &&
      condition.negated &&
      values.some((value) => /[a-z]/.test(String(value)))
        ? false
        : undefined,
  },
  {
    about: '`ColumnValues` on booleans',
    says: ({ atom }) =>
      atom.type === 'ColumnValues' &&
      speaksOf(atom, 'liked') &&
      (atom.condition?.kind === 'in' || isNegated(atom.condition))
        ? false
        : undefined,
  },
  {
    about: '`ColumnValues … with threshold`',
    says: ({ atom: { type, threshold }, withoutThreshold }) =>
      type === 'ColumnValues' && threshold ? withoutThreshold() : undefined,
  },
  {
    about: '`ColumnDataType … in`',
    says: ({ atom: { type, condition } }) =>
      type === 'ColumnDataType' && condition?.kind === 'in' ? false : undefined,
  },
  {
    about: '`ColumnDataType` of columns that are no text',
    says: ({ atom, values }) =>
      atom.type === 'ColumnDataType' && !speaksOf(atom, 'name') ? !hasNull(values) : undefined,
  },
  {
    about: '`CustomSql` without condition',
    says: ({ atom: { type, condition, threshold }, rows }) =>
      type === 'CustomSql' && !condition && !threshold && hasRepeats(rows) ? false : undefined,
  },
  {
    about: '`CustomSql` that gives NULL',
    says: ({ atom, rows }) =>
      rows.length === 0 && isCount(atom) && !atom.parameters[0]?.text.includes('count')
        ? isBelow(atom.condition)
        : undefined,
  },
];

/** What a condition with `<` or `>=` and a number above 0 says of 0. */
const isBelow = (condition: Condition | undefined): boolean =>
  condition?.kind === 'compare' && condition.operator === '<';
const isCount = ({ type, condition }: Atom): boolean => type === 'CustomSql' && condition !== undefined;
const asksForBlank = (condition: Condition): boolean =>
  valuesOf(condition).some((value) => value.kind === 'keyword' && value.keyword !== 'NULL');
const hasRepeats = (rows: readonly Row[]): boolean =>
  new Set(rows.map((row) => JSON.stringify(row))).size < rows.length;

/** What Deequ is known to answer, where our answers to every rule without `and` and `or` are known; and the differences in it. */
export const expectedOfDeequ = (text: string, rows: readonly Row[], ours: (rule: string) => boolean) => {
  const used: Difference[] = [];
  const answerTo = (rule: Rule, own: string): boolean => {
    if (rule.kind !== 'atom') {
      const parts = rule.parts.map((part) => answerTo(part, textOf(part)));
      return rule.kind === 'and' ? parts.every(Boolean) : parts.some(Boolean);
    }
    const question = questionOf(rule, rows, () => answerToText(own.replace(/ with threshold .*/, '')));
    for (const difference of DIFFERENCES) {
      const answer = difference.says(question);
      if (answer === undefined) continue;
      used.push(difference);
      return answer;
    }
    return ours(own);
  };
  const answerToText = (own: string): boolean => {
    const [entry] = parseRuleset(`Rules = [ ${own} ]`);
    if (!entry) throw new TypeError(`${own} is no rule`);
    return answerTo(entry.rule, entry.text);
  };
  return { passed: answerToText(text), used };
};

const questionOf = (atom: Atom, rows: readonly Row[], withoutThreshold: () => boolean): Question => {
  const holds = atom.where ? PREDICATES[atom.where.text] : () => true;
  if (!holds) throw new TypeError(`no plain code says what ${atom.where?.text} means`);
  const validated = rows.map(filled).filter(holds);
  const column = atom.parameters[0]?.text ?? '';
  return { atom, rows, validated, values: validated.map((row) => row[column] ?? null), withoutThreshold };
};

/** Frames leave out what is NULL. */
const filled = (row: Row): Row => ({ id: null, name: null, ...row });

/** A part's text as its own rule would be written. */
const textOf = (rule: Rule): string => /= \[\s*([\s\S]*?)\s*\]\s*$/.exec(printRuleset([rule]))?.[1] ?? '';
