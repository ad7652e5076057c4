import { parquetKind, type SchemaElement, takesKind } from '../../functions/validation/index.ts';
import type { ColumnLimits } from './column-limits.ts';
import type { ColumnProfile } from './column-profile.ts';
import type { ColumnType } from './column-type.ts';

/** Types of fields, those first that keep the most of what a column says of itself. */
const preferred = ['bool', 'date', 'timestamp', 'int', 'decimal', 'float', 'string'] as const;
type FieldKind = (typeof preferred)[number];

const mostDigits = 38;
const digitsOfInt = 19;

/**
 * Chooses the type that takes a column as each of the files stores it, by what Parquet says and, where that leaves a
 * choice, by its values; undefined where none takes them all.
 */
export const chooseParquetType = (
  elements: readonly SchemaElement[],
  profile: ColumnProfile,
): ColumnType | undefined => {
  const kinds = elements.map((element) => parquetKind(element).kind);
  if (kinds.every((kind) => kind === 'nothing'))
    return { type: 'string', note: 'holds nothing but nulls, so text is a guess' };
  const fitting = preferred.filter((type) => kinds.every((kind) => takesKind(type, kind)));
  const type = fitting.find((one) => holdsValues(one, elements, profile)) ?? fitting.at(-1);
  return type === undefined ? undefined : columnType(type, elements, profile);
};

/** Lengths of the texts that are made of UUID and TIME, of any unit; undefined for columns of anything else. */
export const parquetLimits = (elements: readonly SchemaElement[]): ColumnLimits | undefined => {
  const kinds = new Set(elements.map((element) => parquetKind(element).kind));
  kinds.delete('nothing');
  if (kinds.size !== 1) return undefined;
  if (kinds.has('uuid')) return { length: 36 };
  return kinds.has('time') ? { max_length: 64 } : undefined;
};

/** Beyond 64 bits an int takes no value, and beyond 38 digits a decimal none. */
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

/** Digits that all of the files leave room for, and the values need. */
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

/** What a column of texts may be taken for is said, for Parquet has types of its own for it. */
const textType = (profile: ColumnProfile): ColumnType => {
  const { values } = profile;
  const isAll = (count: number): boolean => values > 0 && count === values;
  if (isAll(profile.of('date', 'timestamp')))
    return { type: 'string', note: 'holds dates or moments, but the column is text' };
  if (isAll(profile.of('decimal', 'float')))
    return { type: 'string', note: 'holds numbers, but the column is text' };
  return { type: 'string', ...(values === 0 && { note: 'is empty in every row' }) };
};
