import type { FileMetaData, SchemaElement } from 'hyparquet';

/** A column of a Parquet file that holds values, by the path that a manifest would name it. */
export type ParquetColumn = {
  readonly path: string;
  readonly element: SchemaElement;
};

/** What a column's values are, as Parquet says it. */
export type ParquetKind =
  | { readonly kind: 'int' | 'unsigned' | 'float' | 'bool' | 'string' | 'date' | 'int96' | 'bytes' | 'other' }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'timestamp'; readonly unit: 'MILLIS' | 'MICROS' | 'NANOS' };

/** The tree of a file's columns; a list is one node, whatever groups it is written with. */
export type ParquetNode = {
  readonly name: string;
  readonly element: SchemaElement;
  readonly isList: boolean;
  readonly children: readonly ParquetNode[];
};

/** Reads the flat list of schema elements as a tree; the first element is the file itself. */
export const parquetTree = ({ schema }: Pick<FileMetaData, 'schema'>): readonly ParquetNode[] => {
  let at = 0;
  const read = (): ParquetNode => {
    const element = schema[at++];
    if (!element) throw new RangeError('the schema ends inside a group');
    const children = Array.from({ length: element.num_children ?? 0 }, read);
    return plainNode(element, children);
  };
  return read().children;
};

/** Of a list only what its elements are is kept. */
const plainNode = (element: SchemaElement, children: readonly ParquetNode[]): ParquetNode => {
  const { name, converted_type, logical_type, repetition_type } = element;
  const [repeated] = children;
  const isList = converted_type === 'LIST' || logical_type?.type === 'LIST';
  if (!isList || !repeated) {
    return { name, element, children, isList: repetition_type === 'REPEATED' };
  }
  const [item] = repeated.children;
  const items = item && repeated.children.length === 1 ? item : repeated;
  return { name, element: items.element, children: items.children, isList: true };
};

/** Columns with values, in file order. */
export const parquetColumns = (nodes: readonly ParquetNode[], before = ''): readonly ParquetColumn[] =>
  nodes.flatMap(({ name, element, isList, children }) => {
    const path = `${before}${name}${isList ? '[]' : ''}`;
    return children.length === 0 ? [{ path, element }] : parquetColumns(children, `${path}.`);
  });

/** What the values of a column are. */
export const parquetKind = (element: SchemaElement): ParquetKind => {
  const { type, converted_type = '', logical_type, scale = 0 } = element;
  const logical = logical_type?.type;
  if (logical_type?.type === 'DECIMAL') return { kind: 'decimal', scale: logical_type.scale };
  if (converted_type === 'DECIMAL') return { kind: 'decimal', scale };
  if (logical_type?.type === 'TIMESTAMP') return { kind: 'timestamp', unit: logical_type.unit };
  if (converted_type === 'TIMESTAMP_MILLIS') return { kind: 'timestamp', unit: 'MILLIS' };
  if (converted_type === 'TIMESTAMP_MICROS') return { kind: 'timestamp', unit: 'MICROS' };
  if (logical === 'DATE' || converted_type === 'DATE') return { kind: 'date' };
  const isText = ['STRING', 'ENUM', 'JSON'].includes(logical ?? '');
  if (isText || ['UTF8', 'ENUM', 'JSON'].includes(converted_type)) return { kind: 'string' };
  if (converted_type.startsWith('UINT_') || (logical_type?.type === 'INTEGER' && !logical_type.isSigned)) {
    return { kind: 'unsigned' };
  }
  const isInteger = logical === 'INTEGER' || converted_type.startsWith('INT_');
  if (!isInteger && (logical !== undefined || converted_type !== '')) return { kind: 'other' };
  return { kind: physicalKind[type ?? 'FIXED_LEN_BYTE_ARRAY'] };
};

const physicalKind = {
  BOOLEAN: 'bool',
  INT32: 'int',
  INT64: 'int',
  INT96: 'int96',
  FLOAT: 'float',
  DOUBLE: 'float',
  BYTE_ARRAY: 'string',
  FIXED_LEN_BYTE_ARRAY: 'bytes',
} as const;

/** Parquet's own word for a column's type. */
export const parquetTypeName = ({ type, converted_type, logical_type }: SchemaElement): string =>
  [type, logical_type?.type ?? converted_type].filter((word) => word !== undefined).join(' ');
