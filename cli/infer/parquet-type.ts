import { parquetKind, type SchemaElement, takesKind } from '../../functions/validation/index.ts';
import type { ColumnLimits } from './column-limits.ts';
import type { ColumnProfile } from './column-profile.ts';
import type { ColumnType } from './column-type.ts';

/** Types of fields, first those that keep most of what a column says about itself. */
const preferred = ['bool', 'date', 'timestamp', 'int', 'decimal', 'float', 'string'] as const;
type FieldKind = (typeof preferred)[number];

const mostDigits = 38;
const digitsOfInt = 19;

/**
 * Chooses a type that fits a column in all files, by its Parquet type and, if several fit, by its values; undefined if none
 * fits.
 */
export const chooseParquetType = (
  elements: readonly SchemaElement[],
  profile: ColumnProfile,
): ColumnType | undefined => {
  const kinds = elements.map((element) => parquetKind(element).kind);
  if (kinds.every((kind) => kind === 'nothing'))
    return { type: 'string', note: 'holds only nulls, so text is a guess' };
  const fitting = preferred.filter((type) => kinds.every((kind) => takesKind(type, kind)));
  const type = fitting.find((one) => holdsValues(one, elements, profile)) ?? fitting.at(-1);
  return type === undefined ? undefined : columnType(type, elements, profile);
};

/** Text lengths of UUID and TIME of any unit; undefined for other columns. */
export const parquetLimits = (elements: readonly SchemaElement[]): ColumnLimits | undefined => {
  const kinds = new Set(elements.map((element) => parquetKind(element).kind));
  kinds.delete('nothing');
  if (kinds.size !== 1) return undefined;
  if (kinds.has('uuid')) return { length: 36 };
  return kinds.has('time') ? { max_length: 64 } : undefined;
};

/** An int holds at most 64 bits, a decimal at most 38 digits. */
const holdsValues = (
  type: FieldKind,
  elements: readonly SchemaElement[],
  profile: ColumnProfile,
): boolean => {
  if (type === 'int') return profile.of('huge') === 0;
  return type !== 'decimal' || decimalDigits(elements, profile).precision <= mostDigits;
};

const columnType = (
  type: FieldKind,
  elements: readonly SchemaElement[],
  profile: ColumnProfile,
): ColumnType => {
  if (type === 'timestamp') return { type, format: 'YYYY-MM-DD HH:mm:ss[.ffffff]' };
  if (type === 'string') return textType(profile);
  if (type !== 'decimal') {
    const isRounded = type === 'float' && elements.some(({ logical }) => logical?.type === 'DECIMAL');
    const note =
      'is DECIMAL of more than 38 digits, or a float in another file; a float keeps about 15 of them';
    return { type, ...(isRounded && { note }) };
  }
  const { precision, scale } = decimalDigits(elements, profile);
  return { type: `decimal(${precision},${scale})` };
};

/** Digits that all files declare, and digits that the values need. */
const decimalDigits = (elements: readonly SchemaElement[], profile: ColumnProfile) => {
  const decimals = elements.filter(({ logical }) => logical?.type === 'DECIMAL');
  const scale = Math.max(0, ...decimals.map((element) => element.scale));
  const hasInts = decimals.length < elements.length;
  const whole = Math.max(
    hasInts ? digitsOfInt : 0,
    profile.wholeDigits,
    profile.of('huge') > 0 ? profile.longest : 0,
    ...decimals.map((element) => element.precision - element.scale),
  );
  return { precision: Math.max(1, whole + scale), scale };
};

/** Says what the texts of a column look like, because Parquet has types for that. */
const textType = (profile: ColumnProfile): ColumnType => {
  const { values } = profile;
  const isAll = (count: number): boolean => values > 0 && count === values;
  if (isAll(profile.of('date', 'timestamp')))
    return { type: 'string', note: 'holds dates or moments, but the column is text' };
  if (isAll(profile.of('decimal', 'float')))
    return { type: 'string', note: 'holds numbers, but the column is text' };
  return { type: 'string', ...(values === 0 && { note: 'is empty in every row' }) };
};
