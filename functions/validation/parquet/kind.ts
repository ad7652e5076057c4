import type { SchemaElement, TimeUnit } from './footer.ts';

/** The kind of a column's values in Parquet; `bytes` means that there is no text which all programs would read alike. */
export type ParquetKind =
  | { readonly kind: 'int' | 'unsigned' | 'float' | 'half' | 'bool' | 'string' | 'uuid' }
  | { readonly kind: 'date' | 'int96' | 'interval' | 'nothing' | 'bytes' }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'time'; readonly unit: TimeUnit }
  | { readonly kind: 'timestamp'; readonly unit: TimeUnit; readonly isUtc: boolean };

/** The kind of a column's values; a logical type that does not fit how they are stored is ignored. */
export const parquetKind = (element: SchemaElement): ParquetKind => {
  const { type = 'BYTE_ARRAY', logical, scale, length } = element;
  if (logical === undefined) return { kind: physicalKinds[type] };
  const isText = type === 'BYTE_ARRAY';
  const isFixed = (bytes: number): boolean => type === 'FIXED_LEN_BYTE_ARRAY' && length === bytes;
  const isInteger = type === 'INT32' || type === 'INT64';
  const unit = logical.unit ?? 'MILLIS';
  switch (logical.type) {
    case 'STRING':
    case 'ENUM':
    case 'JSON':
      return { kind: isText ? 'string' : 'bytes' };
    case 'INTEGER':
      if (!isInteger) return { kind: 'bytes' };
      return { kind: logical.isSigned === false ? 'unsigned' : 'int' };
    case 'DECIMAL':
      return isInteger || isText || type === 'FIXED_LEN_BYTE_ARRAY'
        ? { kind: 'decimal', scale }
        : { kind: 'bytes' };
    case 'DATE':
      return { kind: type === 'INT32' ? 'date' : 'bytes' };
    case 'TIME':
      return type === (unit === 'MILLIS' ? 'INT32' : 'INT64') ? { kind: 'time', unit } : { kind: 'bytes' };
    case 'TIMESTAMP':
      return type === 'INT64'
        ? { kind: 'timestamp', unit, isUtc: logical.isUtc === true }
        : { kind: 'bytes' };
    case 'UUID':
      return { kind: isFixed(16) ? 'uuid' : 'bytes' };
    case 'FLOAT16':
      return { kind: isFixed(2) ? 'half' : 'bytes' };
    case 'INTERVAL':
      return { kind: isFixed(12) ? 'interval' : 'bytes' };
    case 'NULL':
      return { kind: 'nothing' };
    default:
      return { kind: 'bytes' };
  }
};

const physicalKinds = {
  BOOLEAN: 'bool',
  INT32: 'int',
  INT64: 'int',
  INT96: 'int96',
  FLOAT: 'float',
  DOUBLE: 'float',
  BYTE_ARRAY: 'string',
  FIXED_LEN_BYTE_ARRAY: 'bytes',
} as const;

/** Parquet's own words for a column's type. */
export const parquetTypeName = ({
  type = 'BYTE_ARRAY',
  logical,
  length,
  precision,
  scale,
}: SchemaElement): string => {
  const stored = type === 'FIXED_LEN_BYTE_ARRAY' ? `${type}(${length})` : type;
  if (logical === undefined) return stored;
  if (logical.type === 'DECIMAL') return `${stored} DECIMAL(${precision},${scale})`;
  if (logical.type === 'INTEGER') return `${stored} ${logical.isSigned === false ? 'UNSIGNED ' : ''}INTEGER`;
  return [stored, logical.type, logical.unit].filter((word) => word !== undefined).join(' ');
};
