import { type DuckDBResult, type DuckDBType, DuckDBTypeId, type DuckDBValue } from '@duckdb/node-api';

/** One value of a result in the API's JSON. */
export type Field =
  | { readonly isNull: true }
  | { readonly booleanValue: boolean }
  | { readonly longValue: number }
  | { readonly doubleValue: number | string }
  | { readonly stringValue: string };

/** A row's values, each by its column's type. */
export const fieldsOf = (row: readonly DuckDBValue[], types: readonly DuckDBType[]): Field[] =>
  types.map((type, index) => fieldOf(row[index] ?? null, type));

/** A value by its own type: numbers that JSON cannot hold exactly are texts, decimals and times always are. */
const fieldOf = (value: DuckDBValue, type: DuckDBType): Field => {
  if (value === null) return { isNull: true };
  if (typeof value === 'boolean') return { booleanValue: value };
  if (typeof value === 'bigint') {
    const long = Number(value);
    return Number.isSafeInteger(long) ? { longValue: long } : { stringValue: String(value) };
  }
  if (typeof value !== 'number') return { stringValue: String(value) };
  if (!isFloat(type)) return { longValue: value };
  return { doubleValue: Number.isFinite(value) ? value : String(value) };
};

const isFloat = ({ typeId }: DuckDBType): boolean =>
  typeId === DuckDBTypeId.FLOAT || typeId === DuckDBTypeId.DOUBLE;

/** Redshift's type names, by DuckDB's. */
const typeNames: Readonly<Partial<Record<DuckDBTypeId, string>>> = {
  [DuckDBTypeId.BOOLEAN]: 'bool',
  [DuckDBTypeId.TINYINT]: 'int2',
  [DuckDBTypeId.SMALLINT]: 'int2',
  [DuckDBTypeId.INTEGER]: 'int4',
  [DuckDBTypeId.BIGINT]: 'int8',
  [DuckDBTypeId.HUGEINT]: 'int8',
  [DuckDBTypeId.FLOAT]: 'float4',
  [DuckDBTypeId.DOUBLE]: 'float8',
  [DuckDBTypeId.DECIMAL]: 'numeric',
  [DuckDBTypeId.DATE]: 'date',
  [DuckDBTypeId.TIME]: 'time',
  [DuckDBTypeId.TIMESTAMP]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'timestamptz',
};

/** `ColumnMetadata` of a result. */
export const columnsOf = (result: DuckDBResult) =>
  result.columnTypes().map((type, index) => {
    const name = result.columnName(index);
    const typeName = typeNames[type.typeId] ?? 'varchar';
    const { precision, scale } = digitsOf(type);
    return {
      name,
      label: name,
      typeName,
      precision,
      scale,
      length: 0,
      nullable: 1,
      isSigned: /^(int|float|numeric)/.test(typeName),
      isCaseSensitive: typeName === 'varchar',
      isCurrency: false,
      schemaName: '',
      tableName: '',
    };
  });

const digitsOf = (type: DuckDBType): { precision: number; scale: number } =>
  type.typeId === DuckDBTypeId.DECIMAL
    ? { precision: type.width, scale: type.scale }
    : { precision: 0, scale: 0 };
