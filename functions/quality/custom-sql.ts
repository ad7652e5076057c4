import { identifier } from '../values/index.ts';
import { type Dialect, textLiteral } from './dialect.ts';
import { compileFigureCondition, doubleOf } from './figure-condition.ts';
import { RulesetError } from './ruleset-error.ts';
import { type SqlToken, tokenizeSql } from './sql-tokens.ts';
import type { Atom, Quoted } from './syntax.ts';

/**
 * The statement of a CustomSql rule as one select of (metric double, passed boolean) over `primary`, the rows of one file. With
 * a condition the statement returns one number; without one, it returns the rows that are right, and all rows, or the share in
 * the threshold, must be among them.
 */
export const compileCustomSql = (atom: Atom, dialect: Dialect): string => {
  const [statement] = atom.parameters;
  if (!statement) throw new RulesetError('CustomSql needs a statement', atom.at);
  const sql = rewrite(statement, dialect);
  return atom.condition ? overNumber(sql, atom.condition) : overRows(sql, atom.threshold);
};

const overNumber = (sql: string, condition: NonNullable<Atom['condition']>): string => `select metric,
  coalesce(${compileFigureCondition('metric', condition, doubleOf)}, false) as passed
from (select cast((
${sql}
) as double) as metric) as answer`;

const overRows = (sql: string, threshold: Atom['threshold']): string => {
  const validated = threshold ? compileFigureCondition('metric', threshold, doubleOf) : 'metric = 1';
  return `select metric, coalesce(all_rows = 0 or ${validated}, false) as passed
from (
  select cast(right_rows as double) / nullif(all_rows, 0) as metric, all_rows
  from (
    select (select count(*) from "primary") as all_rows, (select count(*) from (
${sql}
    ) as returned) as right_rows
  ) as counted
) as answer`;
};

const rewrite = (statement: Quoted, dialect: Dialect): string => {
  const tokens = tokenizeSql(statement, 'CustomSql');
  const first = tokens.find(({ kind }) => kind !== 'space');
  if (first?.kind !== 'word' || !['select', 'with'].includes(first.text.toLowerCase()))
    throw new RulesetError('CustomSql: it must be one select', statement.at);
  return tokens.map((token) => writeToken(token, dialect)).join('');
};

/** `primary` is a reserved word in DuckDB, so it is always quoted. */
const writeToken = (token: SqlToken, dialect: Dialect): string => {
  if (token.kind === 'text') return textLiteral(token.text, dialect);
  if (token.kind === 'quoted') return identifier(token.text);
  if (token.kind === 'word' && token.text.toLowerCase() === 'primary') return '"primary"';
  return token.text;
};
