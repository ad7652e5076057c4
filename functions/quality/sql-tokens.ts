import { RulesetError } from './ruleset-error.ts';
import type { Quoted } from './syntax.ts';

/** A token of the SQL in a rule; a text or an identifier comes without its quotes. */
export type SqlToken = {
  readonly kind: 'space' | 'text' | 'quoted' | 'number' | 'word' | 'symbol';
  readonly text: string;
};

const LEXEMES = [
  ['space', /[ \t\n]+/y],
  ['text', /'(?:[^']|'')*'/y],
  ['quoted', /`[^`"]+`/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['symbol', /<=|>=|<>|!=|\|\||[-+*/%()<>=,.]/y],
] as const;

const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/--|\/\*/y, 'it must not contain a comment'],
  [/;/y, 'it must be one statement, without ";"'],
  [/"/y, 'write an identifier bare or in `backticks`, a text in single quotes'],
  [/'/y, 'a text is not closed'],
];

/** Splits the SQL of a rule into tokens with balanced parentheses; throws if it is more than one statement. */
export const tokenizeSql = ({ text: sql, at }: Quoted, what: string): readonly SqlToken[] => {
  const tokens: SqlToken[] = [];
  let depth = 0;
  let offset = 0;
  while (offset < sql.length) {
    const token = lexemeAt(sql, offset);
    if (typeof token === 'string') throw new RulesetError(`${what}: ${token}`, at);
    offset += token.text.length;
    tokens.push(unquoted(token));
    if (token.kind === 'symbol') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (depth < 0) break;
  }
  if (depth !== 0) throw new RulesetError(`${what}: its parentheses do not match`, at);
  if (tokens.every(({ kind }) => kind === 'space')) throw new RulesetError(`${what}: it is empty`, at);
  return tokens;
};

const matchAt = (pattern: RegExp, sql: string, offset: number): string | undefined => {
  pattern.lastIndex = offset;
  return pattern.exec(sql)?.[0];
};

const lexemeAt = (sql: string, offset: number): SqlToken | string => {
  const comment = FORBIDDEN[0];
  if (comment && matchAt(comment[0], sql, offset) !== undefined) return comment[1];
  for (const [kind, pattern] of LEXEMES) {
    const text = matchAt(pattern, sql, offset);
    if (text !== undefined) return { kind, text };
  }
  const rejection = FORBIDDEN.find(([pattern]) => matchAt(pattern, sql, offset) !== undefined);
  return rejection?.[1] ?? `unexpected character ${JSON.stringify(sql[offset])}`;
};

const unquoted = (token: SqlToken): SqlToken => {
  if (token.kind === 'text') return { kind: 'text', text: token.text.slice(1, -1).replaceAll("''", "'") };
  if (token.kind === 'quoted') return { kind: 'quoted', text: token.text.slice(1, -1) };
  return token;
};
