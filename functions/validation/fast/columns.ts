import type { FieldValidator } from '../fields/check.ts';
import type { Field } from '../fields/field.ts';
import { exactDigits, fractionDigits } from '../fields/limits.ts';
import { intBounds } from '../fields/number.ts';
import { columnBytes, Flag, Kind } from './scanner/layout.ts';

const mostCharacters = 2 ** 31 - 1;

type Column = {
  readonly kind: number;
  readonly flags?: number;
  readonly least?: number;
  readonly most?: number;
  readonly min?: bigint;
  readonly max?: bigint;
  readonly minFloat?: number;
  readonly maxFloat?: number;
};

/** Whether the compiled scanner cannot check everything that the manifest requires of a column's values. */
export const isBeyondScanner = ({ type, min, max, ...field }: Field): boolean => {
  if (field.pattern !== undefined || field.one_of !== undefined || type.kind === 'timestamptz') return true;
  if (type.kind === 'string') return false;
  if (field.min_length !== undefined || field.max_length !== undefined) return true;
  return type.kind === 'decimal' && type.precision > exactDigits && (min ?? max) !== undefined;
};

/** Describes the columns of a file, in its order; those with `isWatched` are looked at by the host. */
export const describeColumns = (
  validates: readonly (FieldValidator | undefined)[],
  isWatched: (column: number) => boolean,
): Uint8Array => {
  const bytes = Buffer.alloc(validates.length * columnBytes);
  for (const [at, validate] of validates.entries()) {
    const column = validate ? columnOf(validate.field) : { kind: Kind.text };
    const flags =
      (column.flags ?? 0) |
      (isWatched(at) ? Flag.watched : 0) |
      (validate?.field.required ? Flag.required : 0);
    writeColumn(bytes, at * columnBytes, { ...column, flags });
  }
  return bytes;
};

const writeColumn = (bytes: Buffer, at: number, column: Column): void => {
  bytes.writeInt32LE(column.kind, at);
  bytes.writeInt32LE(column.flags ?? 0, at + 4);
  bytes.writeInt32LE(column.least ?? 0, at + 8);
  bytes.writeInt32LE(column.most ?? 0, at + 12);
  bytes.writeBigInt64LE(column.min ?? intBounds[0], at + 16);
  bytes.writeBigInt64LE(column.max ?? intBounds[1], at + 24);
  bytes.writeDoubleLE(column.minFloat ?? -Infinity, at + 32);
  bytes.writeDoubleLE(column.maxFloat ?? Infinity, at + 40);
};

const columnOf = (field: Field): Column => {
  const { type } = field;
  const flags = isBounded(field) ? Flag.bounded : 0;
  switch (type.kind) {
    case 'string':
      return { kind: Kind.text, flags, ...lengthsOf(field) };
    case 'int':
      return { kind: Kind.int, flags, ...boundsOf(field, BigInt) };
    case 'decimal': {
      const { precision, scale } = type;
      const bounds = boundsOf(field, (bound) => withoutPoint(bound, scale));
      return { kind: Kind.decimal, flags, least: precision - scale, most: scale, ...bounds };
    }
    case 'float':
      return {
        kind: Kind.float,
        flags,
        minFloat: Number(field.min ?? -Infinity),
        maxFloat: Number(field.max ?? Infinity),
      };
    case 'bool':
      return { kind: Kind.bool };
    case 'timestamptz':
      return { kind: Kind.text };
    case 'date':
      return { kind: Kind.date, flags, ...boundsOf(field, momentNumber) };
    case 'timestamp':
      return {
        kind: Kind.timestamp,
        flags: flags | formatFlags(type.format),
        ...boundsOf(field, momentNumber),
      };
  }
};

/** Bounds that are too wide for the scanner are left to who watches the column. */
const isBounded = (field: Field): boolean => {
  const { type, min, max, min_length, max_length } = field;
  if (type.kind === 'string') return (min_length ?? max_length) !== undefined;
  return (min ?? max) !== undefined && !isBeyondScanner(field);
};

const lengthsOf = ({ min_length = 0, max_length = mostCharacters }: Field): Partial<Column> => ({
  least: Math.min(min_length, mostCharacters),
  most: Math.min(max_length, mostCharacters),
});

const boundsOf = (field: Field, read: (bound: string) => bigint): Partial<Column> => ({
  ...(field.min !== undefined && isBounded(field) && { min: read(field.min) }),
  ...(field.max !== undefined && isBounded(field) && { max: read(field.max) }),
});

const withoutPoint = (bound: string, scale: number): bigint => {
  const [whole = '', decimals = ''] = bound.replace('-', '').split('.');
  return BigInt(whole + decimals.padEnd(scale, '0')) * (bound.startsWith('-') ? -1n : 1n);
};

/** Microseconds in a calendar whose years have thirteen months and whose months have 32 days, to be compared only. */
const momentNumber = (bound: string): bigint => {
  const parts = bound.match(/[0-9]+/g) ?? [];
  const [year = 0n, month = 0n, day = 0n, hour = 0n, minute = 0n, second = 0n] = parts.map(BigInt);
  const seconds = (((year * 13n + month) * 32n + day) * 24n + hour) * 3600n + minute * 60n + second;
  return seconds * 1_000_000n + BigInt((parts[6] ?? '').padEnd(fractionDigits, '0'));
};

const formatFlags = (format: string): number =>
  (format.includes('T') ? Flag.lettered : 0) |
  (format.includes('[.ffffff]') ? Flag.fraction : 0) |
  (format.endsWith('Z') ? Flag.zulu : 0);
