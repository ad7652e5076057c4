import { RulesetError } from './ruleset-error.ts';
import type { Quoted } from './syntax.ts';
import type { Token } from './tokens.ts';

/** Walks over tokens; a missing token is an error that says what was expected. */
export type Cursor = {
  readonly peek: (ahead?: number) => Token;
  readonly next: () => Token;
  /** The offset at which the last taken token ended. */
  readonly lastEnd: () => number;
  /** Whether the next token (or one ahead) is one of these words or symbols. */
  readonly sees: (texts: readonly string[], ahead?: number) => boolean;
  /** Takes the next token if it is one of these words or symbols. */
  readonly takes: (...texts: string[]) => boolean;
  readonly expect: (text: string, why?: string) => Token;
  readonly quoted: (what: string) => Quoted;
  readonly unexpected: (what: string) => RulesetError;
};

/** A cursor before the first token; the last one is `end`. */
export const cursorOver = (tokens: readonly Token[]): Cursor => {
  const end = tokens[tokens.length - 1];
  if (!end) throw new TypeError('tokens end with an end token');
  let index = 0;
  const peek = (ahead = 0) => tokens[index + ahead] ?? end;
  const next = () => {
    const token = peek();
    index += 1;
    return token;
  };
  const sees = (texts: readonly string[], ahead = 0) => {
    const { kind, text } = peek(ahead);
    return (kind === 'word' || kind === 'symbol') && texts.includes(text);
  };
  const takes = (...texts: string[]) => {
    const seen = sees(texts);
    if (seen) index += 1;
    return seen;
  };
  const unexpected = (what: string) =>
    new RulesetError(`expected ${what}, found ${nameOf(peek())}`, peek().at);
  const expect = (text: string, why = '') => {
    if (!sees([text])) throw unexpected(`"${text}"${why}`);
    return next();
  };
  const quoted = (what: string) => {
    if (peek().kind !== 'quoted') throw unexpected(what);
    return unquote(next());
  };
  return { peek, next, lastEnd: () => tokens[index - 1]?.end ?? 0, sees, takes, expect, quoted, unexpected };
};

/** The text of a quoted token: a backslash quotes the next character; `raw` keeps both. */
export const unquote = ({ text, at }: Token): Quoted => {
  const raw = text.slice(1, -1);
  return { text: raw.replace(/\\([\s\S])/g, '$1'), raw, at };
};

const nameOf = ({ kind, text }: Token): string =>
  kind === 'end' ? 'the end' : kind === 'quoted' ? text : `"${text}"`;
