import { exactDigits } from './limits.ts';

/** Numbers in landed files: plain digits, only forms that every engine reads alike. */

const integer = /^-?(?:0|[1-9][0-9]*)$/;
const float = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
/** The smallest and the largest integer of 64 bits. */
export const intBounds = [-(2n ** 63n), 2n ** 63n - 1n] as const;

/** Says why a text is not an integer of 64 bits; undefined if it is. */
export const intViolation = (text: string): string | undefined => {
  if (!integer.test(text)) return 'digits only, no fraction';
  if (text.length <= exactDigits) return undefined;
  if (text.length > exactDigits + 2) return 'it does not fit into 64 bits';
  const value = BigInt(text);
  return value < intBounds[0] || value > intBounds[1] ? 'it does not fit into 64 bits' : undefined;
};

/** Orders two integers of any length. */
export const compareInts = (one: string, other: string): number => order(BigInt(one), BigInt(other));

/** Says why a text is not a number of at most `precision` digits, `scale` of them after the point; undefined if it is. */
export const decimalViolation = (
  precision: number,
  scale: number,
): ((text: string) => string | undefined) => {
  const decimal = new RegExp(`^-?(0|[1-9][0-9]*)${scale > 0 ? `(?:\\.[0-9]{1,${scale}})?` : ''}$`);
  const says = `at most ${precision - scale} digits before the point and ${scale} after it`;
  return (text) => {
    const whole = decimal.exec(text)?.[1];
    if (whole === undefined) return says;
    return whole !== '0' && whole.length > precision - scale ? says : undefined;
  };
};

/** Orders two decimals exactly. */
export const compareDecimals = (one: string, other: string): number => order(scaled(one), scaled(other));

const widest = 38;
const scaled = (text: string): bigint => {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole.replace('-', '') + fraction.padEnd(widest, '0')) * (text.startsWith('-') ? -1n : 1n);
};

/** Says why a text is not a finite double; a value that would silently become zero is not. */
export const floatViolation = (text: string): string | undefined => {
  if (!float.test(text)) return 'such as 0.5, -12 or 1.5e-7';
  const value = Number(text);
  const isLost = !Number.isFinite(value) || (value === 0 && /[1-9]/.test(text.split(/e/i)[0] ?? ''));
  return isLost ? 'it does not fit into a double' : undefined;
};

/** Orders two floats as doubles. */
export const compareFloats = (one: string, other: string): number => order(Number(one), Number(other));

const order = <T extends number | bigint>(a: T, b: T): number => (a === b ? 0 : a < b ? -1 : 1);
