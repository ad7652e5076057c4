import { isUtf8 } from 'node:buffer';
import type { SchemaElement } from './footer.ts';
import { type ParquetKind, parquetKind } from './kind.ts';
import { dayText, intervalText, timestampText, timeText } from './times.ts';
import type { StoredValue } from './values.ts';

/** A value that no field can have: its replacement in JSON, and words that follow the value in messages. */
export type OddValue = { readonly json: string; readonly shown: string; readonly says: string };

/** The JSON text of a value, exactly as it is stored, or why there is none. */
export type ToText = (value: StoredValue) => string | OddValue;

/** How values of a column become texts; those of a column that no field names are kept as they are, whatever they are. */
export const textsOf = (element: SchemaElement, isNamed: boolean): ToText => {
  const kind = parquetKind(element);
  switch (kind.kind) {
    case 'int':
      return String;
    case 'unsigned':
      return element.type === 'INT64'
        ? (value) => String(Number(value) < 0 ? BigInt.asUintN(64, BigInt(integer(value))) : value)
        : (value) => String(Number(value) >>> 0);
    case 'bool':
      return String;
    case 'float':
      return floatToText(element.type === 'FLOAT' ? singleText : doubleText, isNamed);
    case 'half':
      return floatToText((value) => doubleText(value), isNamed, halfOf);
    case 'decimal':
      return (value) => decimalText(value, kind.scale);
    case 'string':
      return isNamed || element.logical !== undefined ? textToText : anyToText;
    case 'uuid':
      return (value) => JSON.stringify(uuidText(bytesOf(value)));
    default:
      return momentToText(kind);
  }
};

const momentToText = (kind: ParquetKind): ToText => {
  switch (kind.kind) {
    case 'date':
      return (value) => JSON.stringify(dayText(Number(value)));
    case 'time':
      return (value) => JSON.stringify(timeText(integer(value), kind.unit));
    case 'timestamp':
      return (value) => JSON.stringify(timestampText(integer(value), kind.unit));
    case 'int96':
      return (value) => JSON.stringify(timestampText(julianNanoseconds(bytesOf(value)), 'NANOS'));
    case 'interval':
      return (value) => JSON.stringify(intervalText(bytesOf(value)));
    case 'nothing':
      return () => 'null';
    default:
      return (value) => JSON.stringify(hexText(bytesOf(value)));
  }
};

const bytesOf = (value: StoredValue): Buffer =>
  value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(String(value));

const integer = (value: StoredValue): number | bigint => (typeof value === 'bigint' ? value : Number(value));

const hexText = (bytes: Buffer): string => `0x${bytes.toString('hex')}`;

const uuidText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

const textToText: ToText = (value) => {
  const bytes = bytesOf(value);
  const text = bytes.toString('utf8');
  if (text.includes('\uFFFD') && !isUtf8(bytes)) return odd(text, 'is not UTF-8');
  if (text.includes('\0')) return odd(text, 'holds a NUL, which no text may hold');
  return JSON.stringify(text);
};

/** Bytes without a type are mostly texts of older writers. */
const anyToText: ToText = (value) => {
  const text = textToText(value);
  return typeof text === 'string' ? text : JSON.stringify(hexText(bytesOf(value)));
};

const odd = (text: string, says: string): OddValue => {
  const shown = text.replaceAll('\0', '\uFFFD');
  return { json: JSON.stringify(shown), shown, says };
};

const floatToText =
  (text: (value: number) => string, isNamed: boolean, of: (value: StoredValue) => number = Number): ToText =>
  (value) => {
    const number = of(value);
    if (Number.isFinite(number)) return text(number);
    return isNamed
      ? odd(String(number), 'is no finite number, which a float has to be')
      : JSON.stringify(String(number));
  };

const doubleText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** The shortest digits that make this single-precision number again: 0.1, not 0.10000000149011612. */
const singleText = (value: number): string => {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return value === 0 ? doubleText(value) : String(shorter);
  }
  return String(Number(value.toPrecision(9)));
};

const halfOf = (value: StoredValue): number => {
  const bits = bytesOf(value).readUInt16LE(0);
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  const sign = bits >> 15 === 1 ? -1 : 1;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

/** Digits exactly: none of them goes through a double. */
const decimalText = (value: StoredValue, scale: number): string => {
  const unscaled = value instanceof Uint8Array ? bigEndian(bytesOf(value)) : integer(value);
  if (scale <= 0) return `${unscaled}${unscaled === 0 || unscaled === 0n ? '' : '0'.repeat(-scale)}`;
  const text = String(unscaled);
  const isNegative = text.startsWith('-');
  const digits = (isNegative ? text.slice(1) : text).padStart(scale + 1, '0');
  return `${isNegative ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
};

/** Two's complement, highest byte first. */
const bigEndian = (bytes: Buffer): number | bigint => {
  if (bytes.length === 0) return 0;
  if (bytes.length <= 6) return bytes.readIntBE(0, bytes.length);
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
};

const julianDayOf1970 = 2_440_588n;
const nanosecondsOfDay = 86_400_000_000_000n;

/** Nanoseconds since 1970 of an older timestamp: nanoseconds of a day, and a Julian day. */
const julianNanoseconds = (bytes: Buffer): bigint =>
  (BigInt(bytes.readInt32LE(8)) - julianDayOf1970) * nanosecondsOfDay + bytes.readBigInt64LE(0);
