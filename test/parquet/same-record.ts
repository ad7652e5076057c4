/** Compares records as JSON writes them, digit by digit, with what another reader says of them. */

/** A value of the other reader: null, a pair of a kind and a text, a list, or an object. */
export type Oracle = null | readonly Oracle[] | { readonly [key: string]: Oracle } | string | boolean;

/** A number with the digits that it is written with. */
export class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type Tree = null | string | boolean | Digits | readonly Tree[] | { readonly [key: string]: Tree };

const numbers = /("(?:[^"\\]|\\.)*")|(-?[0-9][0-9.eE+-]*)/g;
const mark = '\u0002number ';

/** JSON whose numbers keep their digits. */
export const parseDigits = (json: string): Tree =>
  JSON.parse(
    json.replace(numbers, (_, text?: string, number?: string) => text ?? JSON.stringify(mark + number)),
    (_, value) =>
      typeof value === 'string' && value.startsWith(mark) ? new Digits(value.slice(mark.length)) : value,
  );

const isPair = (oracle: Oracle): oracle is readonly [string, string | boolean] =>
  Array.isArray(oracle) &&
  oracle.length === 2 &&
  /^(?:text|number|bool|float(?:16|32|64))$/.test(String(oracle[0]));

/** Whether both say the same; floats are compared as what is stored. */
export const isSame = (mine: Tree | undefined, oracle: Oracle): boolean => {
  if (oracle === null) return mine === null;
  if (isPair(oracle)) return isSameValue(mine, oracle);
  if (Array.isArray(oracle))
    return (
      Array.isArray(mine) && mine.length === oracle.length && oracle.every((one, at) => isSame(mine[at], one))
    );
  if (typeof mine !== 'object' || mine === null || Array.isArray(mine) || mine instanceof Digits)
    return false;
  const own = mine as { readonly [key: string]: Tree };
  const [keys, others] = [Object.keys(own), Object.entries(oracle as { readonly [key: string]: Oracle })];
  return keys.length === others.length && others.every(([key, one]) => isSame(own[key], one));
};

const isSameValue = (mine: Tree | undefined, [kind, value]: readonly [string, string | boolean]): boolean => {
  if (kind === 'text' || kind === 'bool') return mine === value;
  if (kind === 'number') return mine instanceof Digits && mine.text === value;
  const stored = Buffer.from(String(value), 'hex');
  const number =
    kind === 'float16' ? halfOf(stored) : kind === 'float32' ? stored.readFloatLE(0) : stored.readDoubleLE(0);
  // Nobody names the column where these are kept.
  if (!Number.isFinite(number)) return mine === String(number);
  const text = mine instanceof Digits ? Number(mine.text) : Number.NaN;
  return Object.is(kind === 'float32' ? Math.fround(text) : text, number);
};

const halfOf = (stored: Buffer): number => {
  const bits = stored.readUInt16LE(0);
  const [sign, exponent, fraction] = [bits >> 15 === 1 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction > 0 ? Number.NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

/** The record of the other reader as a manifest with the field `flat.name` has it. */
export const nestedOracle = (oracle: Oracle): Oracle => {
  if (oracle === null || typeof oracle !== 'object' || Array.isArray(oracle)) return oracle;
  const { 'flat.name': name, ...others } = oracle as { readonly [key: string]: Oracle };
  return name === undefined ? others : { ...others, flat: { name } };
};

/** The text in which engines have a value. */
export const textOf = (tree: Tree | undefined): string | null => {
  if (tree === null || tree === undefined || tree === '') return null;
  if (tree instanceof Digits) return tree.text;
  return typeof tree === 'string' ? tree : String(tree);
};

/** What a text of `unknown_fields` stands for: a nested one is JSON, its numbers texts. */
export const isSameKept = (kept: string | null, tree: Tree): boolean => {
  if (tree === null) return kept === null;
  if (typeof tree !== 'object' || tree instanceof Digits)
    return kept === (tree instanceof Digits ? tree.text : String(tree));
  const plain = JSON.stringify(tree, (_, value) => (value instanceof Digits ? value.text : value));
  return kept !== null && JSON.stringify(JSON.parse(kept)) === plain;
};
