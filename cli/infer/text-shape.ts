/** Texts with a well-known form that can be recognized by their look alone. */
export type TextLook = 'uuid' | 'iban' | 'mail' | 'phone' | 'address_ip';

const looks: readonly (readonly [TextLook, RegExp])[] = [
  ['uuid', /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/],
  ['iban', /^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/],
  ['mail', /^[^@\s]+@[^@\s]+\.[^@\s.]+$/],
  ['phone', /^(?:\+[0-9]|\([0-9]|[0-9]{3}[-. ][0-9]{3}[-. ])[0-9 ()/.-]{4,20}(?: ?x[0-9]+)?$/],
  ['address_ip', /^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$/],
];

/** The look of a text; undefined if it has none. */
export const lookOf = (text: string): TextLook | undefined =>
  text.length < 7 || text.length > 254 ? undefined : looks.find(([, pattern]) => pattern.test(text))?.[0];

const longestShaped = 40;

/**
 * A text without its digits: `ACC-0007` and `ACC-12` have the shape `ACC-0`. Undefined for texts that are no codes: with
 * blanks, without digits, or digits alone.
 */
export const shapeOf = (text: string): string | undefined => {
  if (text.length > longestShaped || /\s/.test(text)) return undefined;
  const shape = text.replace(/[0-9]+/g, '0');
  return shape === '0' || !shape.includes('0') ? undefined : shape;
};

/** Lengths of the runs of digits of a text, in order. */
export const digitRuns = (text: string): readonly number[] =>
  (text.match(/[0-9]+/g) ?? []).map(({ length }) => length);

/** The pattern (RE2 syntax) of all texts of a shape whose runs of digits have these lengths; `undefined` means any length. */
export const shapePattern = (shape: string, runs: readonly (number | undefined)[]): string => {
  const [first = '', ...rest] = shape.split('0').map(escaped);
  return rest.reduce((pattern, literal, at) => `${pattern}${digits(runs[at])}${literal}`, first);
};

const digits = (run: number | undefined): string => {
  if (run === undefined) return '[0-9]+';
  return run === 1 ? '[0-9]' : `[0-9]{${run}}`;
};

/** A pattern that matches only this text. */
export const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
