import { identifier } from '../values/index.ts';
import { type Dialect, textLiteral } from './dialect.ts';
import { RulesetError } from './ruleset-error.ts';
import { type SqlToken, tokenizeSql } from './sql-tokens.ts';
import type { Quoted } from './syntax.ts';
import type { Table } from './table.ts';

const OPERATORS =
  'and or not in is null between like escape case when then else end true false distinct from cast as for';
const TYPES =
  'int integer bigint smallint tinyint double decimal varchar date timestamp boolean interval day hour minute';
const FUNCTIONS =
  'abs ceil floor round mod nullif coalesce greatest least length lower upper trim replace translate substring left right concat position cast extract in and or not then when else between';
const FIELDS = 'year quarter month week doy day hour minute';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));
const operators = words(OPERATORS);
const types = words(`${TYPES} ${FIELDS}`);
const functions = words(FUNCTIONS);

/**
 * A rule's `where` as a condition over the columns of the table, in parentheses: one expression with columns of this table,
 * plain operators and functions with the same result on every engine; anything else is a RulesetError.
 */
export const compilePredicate = (predicate: Quoted, table: Table, dialect: Dialect): string => {
  const tokens = tokenizeSql(predicate, 'where');
  const sql = tokens.map((token, index) =>
    writeToken(token, followerOf(tokens, index), { predicate, table, dialect }),
  );
  return `(${sql.join('')})`;
};

type Context = { readonly predicate: Quoted; readonly table: Table; readonly dialect: Dialect };

const followerOf = (tokens: readonly SqlToken[], index: number): SqlToken | undefined =>
  tokens.slice(index + 1, index + 3).find(({ kind }) => kind !== 'space');

const writeToken = (token: SqlToken, follower: SqlToken | undefined, context: Context): string => {
  if (token.kind === 'text') return textLiteral(token.text, context.dialect);
  if (token.kind === 'quoted') return writeColumn(token.text, context);
  if (token.kind === 'word') return writeWord(token.text, follower, context);
  if (token.text === '.')
    throw new RulesetError('where: name a column without its table', context.predicate.at);
  return token.text;
};

const writeWord = (word: string, follower: SqlToken | undefined, context: Context): string => {
  const lower = word.toLowerCase();
  const isCall = follower?.kind === 'symbol' && follower.text === '(';
  if (operators.has(lower) && !(isCall && !functions.has(lower))) return lower;
  if (isCall && (functions.has(lower) || types.has(lower))) return lower;
  if (isCall)
    throw new RulesetError(`where: ${word}(…) is not a function that may be used here`, context.predicate.at);
  const isLiteralsType = follower?.kind === 'text' && types.has(lower);
  if (isLiteralsType || (types.has(lower) && !findColumn(lower, context.table))) return lower;
  return writeColumn(word, context);
};

const findColumn = (name: string, table: Table) =>
  table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());

const writeColumn = (name: string, { predicate, table }: Context): string => {
  const column = findColumn(name, table);
  if (!column) throw new RulesetError(`where: ${table.dataset} has no column "${name}"`, predicate.at);
  return identifier(column.name);
};
