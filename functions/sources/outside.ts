import type { JsonPath } from './paths.ts';

/** A value of a body outside of its records. Of texts, numbers, true and false it has the exact text. */
export type OutsideValue =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text' | 'number' | 'truth'; readonly text: string }
  | { readonly kind: 'list' | 'object'; readonly isEmpty: boolean };

/** What a body says besides its records; `$` without its records is an empty list. */
export type Outside = (path: JsonPath) => OutsideValue;

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?[0-9][0-9.eE+-]*/g;

/** Reads a JSON text whose numbers may have more digits than a double; undefined if it is not JSON. */
export const readOutside = (json: string): Outside | undefined => {
  let root: unknown;
  try {
    JSON.parse(json);
    root = JSON.parse(json.replace(tokens, marked));
  } catch {
    return undefined;
  }
  return (path) => outsideValue(path.reduce(member, root));
};

/** Texts get one mark and numbers another; names are unchanged. */
const marked = (token: string, colon: string | undefined): string => {
  if (!token.startsWith('"')) return `"n${token}"`;
  return colon === undefined ? `"s${token.slice(1)}` : token;
};

const member = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const outsideValue = (value: unknown): OutsideValue => {
  if (typeof value === 'string')
    return { kind: value.startsWith('n') ? 'number' : 'text', text: value.slice(1) };
  if (typeof value === 'boolean') return { kind: 'truth', text: String(value) };
  if (Array.isArray(value)) return { kind: 'list', isEmpty: value.length === 0 };
  if (isObject(value)) return { kind: 'object', isEmpty: Object.keys(value).length === 0 };
  return { kind: 'nothing' };
};
