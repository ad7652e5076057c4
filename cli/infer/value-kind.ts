import {
  floatViolation,
  intViolation,
  timeViolation,
  utcText,
  zonedViolation,
} from '../../functions/validation/index.ts';

/**
 * What one text of a column may be. `zero_led` is digits with leading zeros, `huge` an integer beyond 64 bits; `odd_number` and
 * `odd_date` are in forms that the validator does not accept.
 */
export type ValueKind =
  | 'int'
  | 'zero_led'
  | 'huge'
  | 'decimal'
  | 'float'
  | 'bool'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'null_word'
  | 'odd_number'
  | 'odd_date'
  | 'text';

const bools = new Set(['true', 'false', 'True', 'False', 'TRUE', 'FALSE']);
const longestWord = 4;
const nullWords = new Set([
  'NULL',
  'null',
  'Null',
  '\\N',
  'N/A',
  'n/a',
  '#N/A',
  'NA',
  'None',
  'none',
  'NaN',
  'nan',
  '?',
  '-',
  '--',
  '.',
]);

const integer = /^-?(?:0|[1-9][0-9]*)$/;
const zeroLed = /^-?0[0-9]+$/;
const decimal = /^-?(?:0|[1-9][0-9]*)\.[0-9]+$/;
const moment = /^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z?$/;
const oddNumber =
  /^[-+(]?(?:[$€£] ?)?(?:[0-9]{1,3}(?:[,.' ][0-9]{3})+|[0-9]*)(?:[.,][0-9]+)?(?: ?[%€$£])?\)?$/;
const oddDate =
  /^(?:[0-9]{1,2}[./-](?:[0-9]{1,2}|[A-Za-z]{3})[./-][0-9]{2,4}|[0-9]{4}[./][0-9]{1,2}[./][0-9]{1,2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T].*[0-9])\b/;

const isDate = (text: string): boolean => timeViolation('YYYY-MM-DD')(text) === undefined;

const isMoment = (text: string): boolean => {
  const format = momentFormat(text);
  return format !== undefined && timeViolation(format)(text) === undefined;
};

/** The narrowest timestamp format of such a text; undefined if it does not look like one. */
export const momentFormat = (text: string) => {
  if (!moment.test(text)) return undefined;
  const hasZone = text.endsWith('Z');
  const hasFraction = text.length > (hasZone ? 20 : 19);
  if (text[10] === ' ')
    return hasZone ? undefined : hasFraction ? 'YYYY-MM-DD HH:mm:ss[.ffffff]' : 'YYYY-MM-DD HH:mm:ss';
  if (hasZone) return hasFraction ? 'YYYY-MM-DDTHH:mm:ss[.ffffff]Z' : 'YYYY-MM-DDTHH:mm:ssZ';
  return hasFraction ? 'YYYY-MM-DDTHH:mm:ss[.ffffff]' : 'YYYY-MM-DDTHH:mm:ss';
};

/** Decides what a non-empty text may be. */
export const valueKind = (text: string): ValueKind => {
  if (text.length <= longestWord && nullWords.has(text)) return 'null_word';
  if (!mayBeNumeric(text)) return bools.has(text) ? 'bool' : 'text';
  if (integer.test(text)) return intViolation(text) === undefined ? 'int' : 'huge';
  if (zeroLed.test(text)) return 'zero_led';
  if (decimal.test(text)) return 'decimal';
  if (text.length === 10 && isDate(text)) return 'date';
  if (text.length >= 19 && isMoment(text)) return 'timestamp';
  if (text.length >= 20 && zonedViolation(text) === undefined) return 'timestamptz';
  if (/[eE]/.test(text) && floatViolation(text) === undefined) return 'float';
  if (oddDate.test(text)) return 'odd_date';
  return oddNumber.test(text) && /[0-9]/.test(text) ? 'odd_number' : 'text';
};

/** The same text for all equal values, as far as they may be part of a key. */
export const canonicalText = (text: string, kind = valueKind(text)): string => {
  if (kind === 'int') return text === '-0' ? '0' : text;
  if (kind === 'timestamptz') return `${utcText(text)}Z`;
  if (kind !== 'timestamp') return text;
  const moment = text.replace('T', ' ').replace(/Z$/, '');
  return `${moment.includes('.') ? moment.replace(/\.?0+$/, '') : moment}${text.endsWith('Z') ? 'Z' : ''}`;
};

/** Begins with a digit, or with a sign or a symbol that a number may have. */
const mayBeNumeric = (text: string): boolean => {
  const first = text.charCodeAt(0);
  return (
    (first >= 0x30 && first <= 0x39) ||
    (first < 0x80 ? '-+.($'.includes(text.charAt(0)) : '€£'.includes(text.charAt(0)))
  );
};
