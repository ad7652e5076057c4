import { digitsOf, ExactNumber, numberOf } from './exact-number.ts';

/**
 * JSON whose numbers keep their digits. Node's own parser makes doubles of them and shows no source text before Node 21,
 * so a text that may hold more digits than a double is marked before it is parsed; all others take the usual way.
 */

/** Sixteen digits, a point among them or not, an exponent; or what JSON has no word for: no digit before the point, no number. */
const suspicious = /[0-9][0-9.]{15}|[0-9][eE][+-]?[0-9]|[^0-9]\.[0-9]|NaN|Infinity/;

const tokens =
  /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|NaN|-?Infinity/g;

/**
 * Parses JSON; numbers that a double would change are `ExactNumber`s. Reads what DuckDB writes beside JSON, too: `.5` for
 * a decimal that is all fraction; `NaN`, `Infinity` and `-Infinity`, which are `ExactNumber`s. Throws `SyntaxError` as `JSON.parse` does.
 */
export const parseExactly = (text: string): unknown =>
  suspicious.test(text) ? JSON.parse(text.replace(tokens, marked), unmarked) : JSON.parse(text);

/** Values that are texts get one mark, numbers the other, and none can be taken for the other; names stay as they are. */
const marked = (token: string, name: string | undefined): string => {
  if (!token.startsWith('"')) return `"n${token}"`;
  return name === undefined ? `"s${token.slice(1)}` : token;
};

const unmarked = (_: string, value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  return value.startsWith('n') ? numberOf(value.slice(1)) : value.slice(1);
};

/** Writes JSON in which `ExactNumber`s and `bigint`s are numbers with all their digits; `indent` as `JSON.stringify` has it. */
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
