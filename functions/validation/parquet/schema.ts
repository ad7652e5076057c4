import { ParquetDamage } from './damage.ts';
import type { SchemaElement } from './footer.ts';

/**
 * The tree of a file's columns, whatever groups its writer made of a list; a map is a list of its entries. A value is
 * not null from its `level` on, in Parquet's count.
 */
export type ParquetNode = ParquetLeaf | ParquetStruct | ParquetList;

type Named = { readonly name: string; readonly level: number };

/** A column; its position among all of the file's counts from 0. */
export type ParquetLeaf = Named & {
  readonly kind: 'leaf';
  readonly element: SchemaElement;
  readonly column: number;
  /** Lists that contain it. */
  readonly repeat: number;
};
export type ParquetStruct = Named & { readonly kind: 'struct'; readonly children: readonly ParquetNode[] };
export type ParquetList = Named & {
  readonly kind: 'list';
  /** Level from which on it has an element. */
  readonly elementLevel: number;
  /** The repetition level of every element except the first. */
  readonly repeat: number;
  readonly item: ParquetNode;
};

/** A column with values, by the path that a manifest would name it. */
export type ParquetColumn = { readonly path: string; readonly element: SchemaElement };

/** Limits of the depth and the number of columns. */
export const [deepestColumn, mostColumns] = [32, 10_000] as const;

/** Reads the flat list of schema elements as a tree; the first element is the file itself. Throws ParquetDamage. */
export const parquetTree = (schema: readonly SchemaElement[]): readonly ParquetNode[] => {
  let [at, columns] = [1, 0];
  const read = (level: number, repeat: number, depth: number): RawNode => {
    const element = schema[at++];
    if (!element) throw new ParquetDamage('has a schema that ends inside a group');
    if (depth > deepestColumn)
      throw new ParquetDamage(`has columns inside of more than ${deepestColumn} others`);
    const own = {
      element,
      level: level + (element.repetition === 'REQUIRED' ? 0 : 1),
      repeat: repeat + (element.repetition === 'REPEATED' ? 1 : 0),
      column: columns,
    };
    if (element.children === 0) {
      if (element.type === undefined) return { ...own, children: [], isEmpty: true };
      if (++columns > mostColumns) throw new ParquetDamage(`has more than ${mostColumns} columns`);
    }
    const children = Array.from({ length: bounded(element.children, schema) }, () =>
      read(own.level, own.repeat, depth + 1),
    ).filter((child) => !child.isEmpty);
    return { ...own, children, isEmpty: element.children > 0 && children.length === 0 };
  };
  const [root] = schema;
  const tops = Array.from({ length: bounded(root?.children ?? 0, schema) }, () => read(0, 0, 1));
  if (at < schema.length) throw new ParquetDamage('has a schema with columns that belong to nothing');
  return tops.filter(({ isEmpty }) => !isEmpty).map((node) => plainNode(node));
};

const bounded = (children: number, schema: readonly SchemaElement[]): number => {
  if (children >= 0 && children < schema.length) return children;
  throw new ParquetDamage('has a schema that ends inside a group');
};

type RawNode = {
  readonly element: SchemaElement;
  readonly level: number;
  readonly repeat: number;
  readonly column: number;
  readonly children: readonly RawNode[];
  /** A group without any column. */
  readonly isEmpty: boolean;
};

const plainNode = (node: RawNode, name = node.element.name): ParquetNode => {
  const { element, level, repeat } = node;
  const [repeated] = node.children;
  const type = element.logical?.type;
  const isWrapped = (type === 'LIST' || type === 'MAP') && node.children.length === 1;
  if (isWrapped && repeated?.element.repetition === 'REPEATED' && element.repetition !== 'REPEATED') {
    const isItem = type === 'MAP' || isElement(repeated, element.name);
    const item = isItem ? itself(repeated) : plainNode(repeated.children[0] ?? repeated);
    return { kind: 'list', name, level, elementLevel: repeated.level, repeat: repeated.repeat, item };
  }
  if (element.repetition !== 'REPEATED') return itself(node, name);
  return { kind: 'list', name, level: level - 1, elementLevel: level, repeat, item: itself(node) };
};

/** Older writers have no group around an element that is a struct; the names are those of the format's own rules. */
const isElement = ({ children, element }: RawNode, list: string): boolean => {
  if (children.length !== 1 || children[0]?.element.repetition === 'REPEATED') return true;
  return element.name === 'array' || element.name === `${list}_tuple`;
};

const itself = ({ element, level, repeat, column, children }: RawNode, name = element.name): ParquetNode =>
  children.length === 0
    ? { kind: 'leaf', name, level, element, column, repeat }
    : { kind: 'struct', name, level, children: children.map((child) => plainNode(child)) };

/** A name in a path: a name with brackets or quotes, or an empty one, is nothing that a manifest could name. */
const pathStep = (name: string): string => (/[[\]"]/.test(name) || name === '' ? JSON.stringify(name) : name);

/** The path of a node below a path, such as `items[].` */
export const pathOfNode = (node: ParquetNode, before: string): string => {
  let [path, inner] = [`${before}${pathStep(node.name)}`, node];
  for (; inner.kind === 'list'; inner = inner.item) path += '[]';
  return path;
};

/** The content of a node's path: for a list of lists, the inner elements. */
export const innermost = (node: ParquetNode): ParquetLeaf | ParquetStruct =>
  node.kind === 'list' ? innermost(node.item) : node;

/** Columns with values, in file order. */
export const parquetColumns = (nodes: readonly ParquetNode[], before = ''): readonly ParquetColumn[] =>
  nodes.flatMap((node) => {
    const [path, inner] = [pathOfNode(node, before), innermost(node)];
    return inner.kind === 'leaf'
      ? [{ path, element: inner.element }]
      : parquetColumns(inner.children, `${path}.`);
  });

/** All columns below some nodes. */
export const leavesOfNodes = (nodes: readonly ParquetNode[]): readonly ParquetLeaf[] =>
  nodes.flatMap((node) => {
    const inner = innermost(node);
    return inner.kind === 'leaf' ? [inner] : leavesOfNodes(inner.children);
  });
