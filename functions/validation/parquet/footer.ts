import { ParquetDamage } from './damage.ts';
import {
  ThriftReader,
  type ThriftStruct,
  thriftNumber,
  thriftStruct,
  thriftStructs,
  thriftText,
} from './thrift.ts';

/** The facts in the footer of a Parquet file that decide how values are read. */

const physicalTypes = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
export type PhysicalType = (typeof physicalTypes)[number];

const repetitions = ['REQUIRED', 'OPTIONAL', 'REPEATED'] as const;

const convertedTypes = [
  ...['UTF8', 'MAP', 'MAP_KEY_VALUE', 'LIST', 'ENUM', 'DECIMAL', 'DATE', 'TIME_MILLIS', 'TIME_MICROS'],
  ...['TIMESTAMP_MILLIS', 'TIMESTAMP_MICROS', 'UINT_8', 'UINT_16', 'UINT_32', 'UINT_64'],
  ...['INT_8', 'INT_16', 'INT_32', 'INT_64', 'JSON', 'BSON', 'INTERVAL'],
];

const logicalTypes = new Map([
  [1, 'STRING'],
  [2, 'MAP'],
  [3, 'LIST'],
  [4, 'ENUM'],
  [5, 'DECIMAL'],
  [6, 'DATE'],
  [7, 'TIME'],
  [8, 'TIMESTAMP'],
  [10, 'INTEGER'],
  [11, 'NULL'],
  [12, 'JSON'],
  [13, 'BSON'],
  [14, 'UUID'],
  [15, 'FLOAT16'],
  [16, 'VARIANT'],
  [17, 'GEOMETRY'],
  [18, 'GEOGRAPHY'],
]);

export type TimeUnit = 'MILLIS' | 'MICROS' | 'NANOS';

/** The meaning of a column's values: Parquet's word for it, and its parameters. */
export type LogicalType = {
  readonly type: string;
  readonly unit?: TimeUnit | undefined;
  readonly isUtc?: boolean;
  readonly isSigned?: boolean;
};

export type SchemaElement = {
  readonly name: string;
  /** None for a group. */
  readonly type?: PhysicalType | undefined;
  /** Bytes of a value of fixed length. */
  readonly length: number;
  readonly repetition: (typeof repetitions)[number];
  /** Elements that follow and belong to this one; 0 for a column. */
  readonly children: number;
  readonly logical?: LogicalType | undefined;
  readonly precision: number;
  readonly scale: number;
};

/** The values of one column in one row group. */
export type ColumnChunk = {
  readonly codec: number;
  readonly values: number;
  /** Position of its first page, and its bytes. */
  readonly start: number;
  readonly size: number;
};

export type RowGroup = { readonly rows: number; readonly chunks: readonly ColumnChunk[] };
export type Footer = { readonly schema: readonly SchemaElement[]; readonly groups: readonly RowGroup[] };

/** Reads the footer's Thrift. Throws ParquetDamage. */
export const parseFooter = (bytes: Uint8Array): Footer => {
  const footer = new ThriftReader(bytes).struct();
  const schema = thriftStructs(footer, 2).map(readElement);
  if (schema.length === 0) throw new ParquetDamage('has a footer without a schema');
  const groups = thriftStructs(footer, 4).map((group, at) => ({
    rows: count(thriftNumber(group, 3), `rows of row group ${at + 1}`),
    chunks: thriftStructs(group, 1).map((chunk) => readChunk(chunk, at + 1)),
  }));
  return { schema, groups };
};

const readElement = (element: ThriftStruct): SchemaElement => {
  const name = thriftText(element.get(4));
  if (name === undefined) throw new ParquetDamage('has a column whose name is no UTF-8');
  const type = thriftNumber(element, 1);
  const converted = convertedTypes[thriftNumber(element, 6) ?? -1];
  const logical = readLogical(thriftStruct(element, 10));
  return {
    name,
    type: type === undefined ? undefined : physicalTypes[type],
    length: thriftNumber(element, 2) ?? 0,
    repetition: repetitions[thriftNumber(element, 3) ?? 0] ?? 'REQUIRED',
    children: thriftNumber(element, 5) ?? 0,
    logical: logical ?? fromConverted(converted),
    precision: thriftNumber(thriftStruct(thriftStruct(element, 10), 5), 2) ?? thriftNumber(element, 8) ?? 0,
    scale: thriftNumber(thriftStruct(thriftStruct(element, 10), 5), 1) ?? thriftNumber(element, 7) ?? 0,
  };
};

/** A union with exactly one member; an unknown member is no reason to read the values as something else. */
const readLogical = (union: ThriftStruct | undefined): LogicalType | undefined => {
  const [member] = union?.keys() ?? [];
  if (union === undefined || member === undefined) return undefined;
  const type = logicalTypes.get(member) ?? `logical type ${member}`;
  const said = thriftStruct(union, member);
  if (type === 'INTEGER') return { type, isSigned: said?.get(2) !== false };
  if (type !== 'TIME' && type !== 'TIMESTAMP') return { type };
  const [unit] = thriftStruct(said, 2)?.keys() ?? [];
  const units: Readonly<Record<number, TimeUnit>> = { 1: 'MILLIS', 2: 'MICROS', 3: 'NANOS' };
  const known = units[unit ?? 0];
  return known === undefined
    ? { type: `${type} of an unknown unit` }
    : { type, unit: known, isUtc: said?.get(1) === true };
};

const fromConverted = (converted: string | undefined): LogicalType | undefined => {
  if (converted === undefined) return undefined;
  const time = /^(TIME|TIMESTAMP)_(MILLIS|MICROS)$/.exec(converted);
  if (time) return { type: time[1] ?? '', unit: time[2] === 'MILLIS' ? 'MILLIS' : 'MICROS', isUtc: true };
  if (/^U?INT_/.test(converted)) return { type: 'INTEGER', isSigned: converted.startsWith('INT') };
  return { type: converted === 'UTF8' ? 'STRING' : converted.replace('MAP_KEY_VALUE', 'MAP') };
};

const readChunk = (chunk: ThriftStruct, group: number): ColumnChunk => {
  const said = thriftStruct(chunk, 3);
  if (!said) throw new ParquetDamage('is encrypted, which is not read');
  if (chunk.has(1)) throw new ParquetDamage('keeps its columns in other files, which is not read');
  const of = (id: number, what: string): number =>
    count(thriftNumber(said, id), `${what} of row group ${group}`);
  const data = of(9, 'first page');
  const dictionary = thriftNumber(said, 11) ?? 0;
  return {
    codec: thriftNumber(said, 4) ?? 0,
    values: of(5, 'values'),
    start: dictionary > 0 && dictionary < data ? dictionary : data,
    size: of(7, 'bytes'),
  };
};

const count = (value: number | undefined, what: string): number => {
  if (value !== undefined && value >= 0 && Number.isSafeInteger(value)) return value;
  throw new ParquetDamage(`has a footer that does not say the ${what}`);
};
