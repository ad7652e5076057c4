import type { Field } from '../../../../functions/validation/fields/field.ts';

/** The first rule that a value breaks, by a reading of the manifest's words that takes its time. */
export const brokenRule = (field: Field, text: string): string | undefined => {
  if (text === '') return field.required ? 'required' : undefined;
  if (!isOfType(field, text)) return 'type';
  if (field.min !== undefined && isLess(field, text, field.min)) return 'min';
  if (field.max !== undefined && isLess(field, field.max, text)) return 'max';
  const length = [...text].length;
  if (length < (field.min_length ?? 0) || length > (field.max_length ?? Infinity)) return 'length';
  if (field.pattern !== undefined && !new RegExp(`^(?:${field.pattern})$`, 'u').test(text)) return 'pattern';
  return field.one_of && !field.one_of.includes(text) ? 'one_of' : undefined;
};

const isOfType = ({ type }: Field, text: string): boolean => {
  switch (type.kind) {
    case 'string':
      return true;
    case 'int':
      return isWhole(text) && BigInt(text) === BigInt.asIntN(64, BigInt(text));
    case 'float':
      return isFloat(text);
    case 'decimal':
      return isDecimal(text, type.precision, type.scale);
    case 'bool':
      return ['true', 'false', 'True', 'False', 'TRUE', 'FALSE'].includes(text);
    case 'timestamptz':
      return isZoned(text);
    default:
      return isMoment(text, type.format);
  }
};

const areDigits = (text: string): boolean =>
  text !== '' && [...text].every((character) => '0123456789'.includes(character));

/** `-?(0|[1-9][0-9]*)` */
const isWhole = (text: string): boolean => {
  const digits = text.startsWith('-') ? text.slice(1) : text;
  return areDigits(digits) && (digits === '0' || !digits.startsWith('0'));
};

const isDecimal = (text: string, precision: number, scale: number): boolean => {
  const [whole = '', fraction, ...more] = text.split('.');
  if (!isWhole(whole) || more.length > 0) return false;
  if (fraction !== undefined && (!areDigits(fraction) || fraction.length > scale)) return false;
  const digits = whole.replace('-', '');
  return digits === '0' || digits.length <= precision - scale;
};

/** A finite double, and none that becomes zero on the way. */
const isFloat = (text: string): boolean => {
  const [mantissa = '', exponent, ...more] = text.split(/[eE]/);
  const [whole = '', fraction, ...points] = mantissa.split('.');
  if (more.length > 0 || points.length > 0 || !isWhole(whole)) return false;
  if (fraction !== undefined && !areDigits(fraction)) return false;
  if (exponent !== undefined && !areDigits(exponent.replace(/^[+-]/, ''))) return false;
  const isZero = [...mantissa].every((character) => '-0.'.includes(character));
  const value = Number.parseFloat(text);
  return Number.isFinite(value) && (value === 0) === isZero;
};

/** A moment is right when the calendar gives it back unchanged. */
const isMoment = (text: string, format: string): boolean => {
  const isUtc = format.endsWith('Z');
  if (isUtc !== text.endsWith('Z')) return false;
  const [moment = '', fraction, ...more] = (isUtc ? text.slice(0, -1) : text).split('.');
  if (more.length > 0) return false;
  if (fraction !== undefined && !(format.includes('.f') && areDigits(fraction) && fraction.length <= 6))
    return false;
  const shape = format.replace('[.ffffff]', '').replace('Z', '');
  if (moment.replaceAll(/[0-9]/g, '#') !== shape.replaceAll(/[A-SU-Za-z]/g, '#')) return false;
  const [date = '', time = '00:00:00'] = moment.split(/[ T]/);
  const milliseconds = Date.parse(`${date}T${time}.000Z`);
  return (
    !date.startsWith('0000') &&
    !Number.isNaN(milliseconds) &&
    new Date(milliseconds).toISOString() === `${date}T${time}.000Z`
  );
};

/** JavaScript reads an offset once it is written with a colon. */
const isZoned = (text: string): boolean => {
  const zone = /(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)$/.exec(text.slice(19))?.[0];
  if (zone === undefined) return false;
  const local = text.slice(0, text.length - zone.length);
  if (!isMoment(local.replace('T', ' '), 'YYYY-MM-DD HH:mm:ss[.ffffff]')) return false;
  if (zone !== 'Z' && (zone.slice(-2) > '59' || zone.replace(':', '').slice(1).padEnd(4, '0') > '1400'))
    return false;
  const year = utcOf(text).slice(0, 5);
  return year !== '0000-' && /^[0-9]{4}-$/.test(year);
};

/** As UTC, with all six digits of its fraction. */
const utcOf = (text: string): string => {
  const [, hours = '00', minutes = '00'] = /[+-]([0-9]{2}):?([0-9]{2})?$/.exec(text.slice(19)) ?? [];
  const sign = text.slice(19).includes('-') ? '-' : '+';
  const moment = new Date(`${text.slice(0, 10)}T${text.slice(11, 19)}${sign}${hours}:${minutes}`);
  const [, fraction = ''] = /\.([0-9]+)/.exec(text) ?? [];
  return moment.toISOString().replace(/\.000Z$/, `.${fraction.padEnd(6, '0')}`);
};

const isLess = ({ type }: Field, one: string, other: string): boolean => {
  if (type.kind === 'int') return BigInt(one) < BigInt(other);
  if (type.kind === 'float') return Number(one) < Number(other);
  if (type.kind === 'decimal') return units(one) < units(other);
  if (type.kind === 'timestamptz') return utcOf(one) < utcOf(other);
  return sortable(one) < sortable(other);
};

/** A decimal in units of its thirty-eighth place. */
const units = (text: string): bigint => {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const size = BigInt(whole) * 10n ** 38n + BigInt(fraction.padEnd(38, '0'));
  return text.startsWith('-') ? -size : size;
};

/** A moment with all six digits of its fraction, so that texts sort as time does. */
const sortable = (text: string): string => {
  const [moment = '', fraction = ''] = text.replace('Z', '').split('.');
  return moment + fraction.padEnd(6, '0');
};

/** A right value in the one way that all values equal to it have. */
export const canonicalText = ({ type }: Pick<Field, 'type'>, text: string): string => {
  if (type.kind === 'int') return String(BigInt(text));
  if (type.kind === 'float') return String(Number(text) + 0);
  if (type.kind === 'decimal') return String(units(text));
  if (type.kind === 'bool') return text.toLowerCase();
  if (type.kind === 'timestamptz') return utcOf(text);
  return type.kind === 'timestamp' ? sortable(text) : text;
};
