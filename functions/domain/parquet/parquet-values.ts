import { isUtf8 } from 'node:buffer';
import type { SchemaElement } from 'hyparquet';
import { type ParquetNode, parquetKind } from './parquet-schema.ts';

/** Writes a value as JSON; `undefined` and null are null. */
export type ToJson = (value: unknown) => string;

/** Told of a text that is no UTF-8; what is written in its place has U+FFFD where it is not. */
type OnBadText = () => void;

/** How the values below a node become JSON, each exactly as it stands. */
export const parquetToJson = ({ element, isList, children }: ParquetNode, onBadText: OnBadText): ToJson => {
  const item = children.length === 0 ? leafToJson(element, onBadText) : structToJson(children, onBadText);
  return isList ? (value) => (Array.isArray(value) ? `[${value.map(item).join(',')}]` : 'null') : item;
};

/** How an object with these members becomes JSON. */
export const structToJson = (children: readonly ParquetNode[], onBadText: OnBadText): ToJson => {
  const members = children.map((node) => ({
    name: node.name,
    key: JSON.stringify(node.name),
    toJson: parquetToJson(node, onBadText),
  }));
  return (value) => {
    if (typeof value !== 'object' || value === null) return 'null';
    const parts = members.map(({ name, key, toJson }) => `${key}:${toJson(memberOf(value, name))}`);
    return `{${parts.join(',')}}`;
  };
};

const memberOf = (value: object, name: string): unknown =>
  Object.getOwnPropertyDescriptor(value, name)?.value;

const leafToJson = (element: SchemaElement, onBadText: OnBadText): ToJson => {
  const toJson = valueToJson(element, onBadText);
  return (value) => (value === undefined || value === null ? 'null' : toJson(value));
};

const valueToJson = (element: SchemaElement, onBadText: OnBadText): ToJson => {
  const kind = parquetKind(element);
  switch (kind.kind) {
    case 'decimal':
      return (value) => decimalText(integerOf(value), kind.scale);
    case 'timestamp':
      return (value) => JSON.stringify(momentText(microseconds(BigInt(String(value)), kind.unit)));
    case 'int96':
      return (value) => JSON.stringify(momentText(microseconds(BigInt(String(value)), 'NANOS')));
    case 'date':
      return (value) => JSON.stringify(momentText(BigInt(String(value)) * microsecondsOfDay).slice(0, 10));
    case 'float':
      return (value) => (Number.isFinite(value) ? String(value) : JSON.stringify(String(value)));
    case 'unsigned':
      return (value) => String(BigInt.asUintN(element.type === 'INT64' ? 64 : 32, BigInt(String(value))));
    case 'int':
    case 'bool':
      return String;
    default:
      return (value) => textOf(value, onBadText);
  }
};

const textOf = (value: unknown, onBadText: OnBadText): string => {
  if (!(value instanceof Uint8Array)) return JSON.stringify(String(value));
  if (!isUtf8(value)) onBadText();
  return JSON.stringify(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8'));
};

/** Bytes are a big-endian two's complement. */
const integerOf = (value: unknown): bigint => {
  if (!(value instanceof Uint8Array)) return BigInt(String(value));
  const hex = Buffer.from(value).toString('hex');
  return hex === '' ? 0n : BigInt.asIntN(value.length * 8, BigInt(`0x${hex}`));
};

const decimalText = (unscaled: bigint, scale: number): string => {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
};

const microsecondsOfDay = 86_400_000_000n;

/** Parts of a microsecond are kept, as a fraction that no format allows. */
const microseconds = (value: bigint, unit: 'MILLIS' | 'MICROS' | 'NANOS'): bigint | string => {
  if (unit === 'MILLIS') return value * 1000n;
  if (unit === 'MICROS') return value;
  const rest = value % 1000n;
  return rest === 0n ? value / 1000n : `${value} ns`;
};

/** `YYYY-MM-DD HH:mm:ss`, with a fraction where there is one; years that have no four digits are left as numbers. */
const momentText = (moment: bigint | string): string => {
  if (typeof moment === 'string') return moment;
  const fraction = ((moment % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((moment - fraction) / 1000n));
  if (Number.isNaN(date.getTime())) return String(moment);
  const text = date.toISOString().replace('T', ' ').slice(0, -5);
  return fraction === 0n ? text : `${text}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
};
