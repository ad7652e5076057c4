import { digitsOf, ExactNumber, numberOf } from './exact-number.ts';

/**
 * JSON whose numbers keep their digits. Node's own parser makes doubles of them and gives no source text before Node 21; so a
 * text that may have more digits than a double is marked before parsing, and all others are parsed directly.
 */

/** Sixteen digits, with or without a point, an exponent; or what is not JSON: no digit before the point, no number. */
const suspicious = /[0-9][0-9.]{15}|[0-9][eE][+-]?[0-9]|[^0-9]\.[0-9]|NaN|Infinity/;

const tokens =
  /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|NaN|-?Infinity/g;

/**
 * Parses JSON; numbers that a double would change are `ExactNumber`s. Also reads what DuckDB writes outside of JSON: `.5`;
 * `NaN`, `Infinity` and `-Infinity`, as `ExactNumber`s. Throws `SyntaxError` as `JSON.parse` does.
 */
export const parseExactly = (text: string): unknown =>
  suspicious.test(text) ? JSON.parse(text.replace(tokens, marked), unmarked) : JSON.parse(text);

/** Texts get one mark and numbers another, so that they cannot be confused; names are unchanged. */
const marked = (token: string, name: string | undefined): string => {
  if (!token.startsWith('"')) return `"n${token}"`;
  return name === undefined ? `"s${token.slice(1)}` : token;
};

const unmarked = (_: string, value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  return value.startsWith('n') ? numberOf(value.slice(1)) : value.slice(1);
};

/** Writes JSON in which `ExactNumber`s and `bigint`s are numbers with all digits; `indent` as in `JSON.stringify`. */
export const stringifyExactly = (value: unknown, indent?: number): string => {
  const text = JSON.stringify(value, (_, part: unknown) => asMarked(part), indent) ?? 'null';
  return text.replace(tokens, (token, name: string | undefined) => {
    if (!token.startsWith('"') || name !== undefined) return token;
    return token[1] === 'n' ? token.slice(2, -1) : `"${token.slice(2)}`;
  });
};

const asMarked = (part: unknown): unknown => {
  if (typeof part === 'string') return `s${part}`;
  if (typeof part !== 'bigint' && !(part instanceof ExactNumber)) return part;
  return digitsOf(String(part)) ? `n${part}` : `s${part}`;
};
