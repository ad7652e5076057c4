/**
 * Numbers that a double cannot hold: 64-bit ids, sums and decimals of up to 38 digits. A number that a double shows with the
 * same digits stays a `number`; only others are `ExactNumber`s.
 */

/** A number by its digits, in DynamoDB's form: no exponent, no zeros at the ends. */
export class ExactNumber {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** A number of any size. */
export type AnyNumber = number | ExactNumber;

/** A number's significant digits, none for zero; it is `0.<digits>` times ten to the power of `exponent`. */
export type Digits = { readonly isNegative: boolean; readonly digits: string; readonly exponent: number };

const written = /^(-?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/** The digits of a number as JSON writes it; undefined for what is no finite number. */
export const digitsOf = (text: string): Digits | undefined => {
  const [, sign, whole, fraction = '', power = '0'] = written.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return { isNegative: false, digits, exponent: 0 };
  const exponent = all.length - fraction.length + Number(power);
  return { isNegative: sign === '-', digits, exponent };
};

/** The number in a text: a `number` if that has the same value, else its digits. */
export const numberOf = (text: string): AnyNumber => {
  const double = Number(text);
  if (Number.isSafeInteger(double) ? isPlain(text) : isShort(text)) return double;
  const digits = digitsOf(text);
  if (!digits) return new ExactNumber(text);
  return isHeld(double, digits) ? double : new ExactNumber(plainText(digits));
};

/** A double keeps fifteen digits, and all integers up to its limit. */
const isPlain = (text: string): boolean => /^-?[0-9]+$/.test(text);
const isShort = (text: string): boolean => text.length <= 15 && /^-?[0-9]*\.[0-9]+$/.test(text);

const isHeld = (double: number, { isNegative, digits, exponent }: Digits): boolean => {
  if (!(Math.abs(double) <= Number.MAX_SAFE_INTEGER)) return false;
  const held = digitsOf(String(double));
  return held?.digits === digits && held.exponent === exponent && held.isNegative === isNegative;
};

/** More digits than any store holds: the rest becomes the exponent. */
const mostZeros = 400;

const plainText = ({ isNegative, digits, exponent }: Digits): string => {
  const sign = isNegative ? '-' : '';
  if (Math.abs(exponent) > mostZeros) return `${sign}0.${digits}e${exponent}`;
  if (exponent <= 0) return digits === '' ? '0' : `${sign}0.${'0'.repeat(-exponent)}${digits}`;
  const whole = digits.slice(0, exponent).padEnd(exponent, '0');
  return sign + (digits.length > exponent ? `${whole}.${digits.slice(exponent)}` : whole);
};

/** True for numbers of either kind. */
export const isNumber = (value: unknown): value is AnyNumber =>
  typeof value === 'number' || value instanceof ExactNumber;

/** Orders two numbers by their exact values. */
export const compareNumbers = (one: AnyNumber, other: AnyNumber): number => {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [a, b] = [digitsOf(String(one)), digitsOf(String(other))];
  return a && b ? compareDigits(a, b) : Number(one) - Number(other);
};

const compareDigits = (a: Digits, b: Digits): number => {
  const [signA, signB] = [signOf(a), signOf(b)];
  if (signA !== signB || signA === 0) return signA - signB;
  if (a.exponent !== b.exponent) return signA * (a.exponent - b.exponent);
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -signA : signA;
};

const signOf = ({ digits, isNegative }: Digits): number => (digits === '' ? 0 : isNegative ? -1 : 1);
