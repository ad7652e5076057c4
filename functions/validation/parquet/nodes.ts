import { fieldPath } from '../fields/path.ts';
import { innermost, type ParquetNode, type ParquetStruct, pathOfNode } from './schema.ts';

/** Which columns of a Parquet file are read, and where their values are in a record. */

/** Without columns whose paths are not among the names. */
export const onlyNamed = (
  nodes: readonly ParquetNode[],
  names: ReadonlySet<string>,
  before = '',
): readonly ParquetNode[] =>
  nodes.flatMap((node) => {
    const path = pathOfNode(node, before);
    const inner = innermost(node);
    if (inner.kind === 'leaf') return names.has(path) ? [node] : [];
    const children = onlyNamed(inner.children, names, `${path}.`);
    return children.length === 0 ? [] : [withChildren(node, children)];
  });

const withChildren = (node: ParquetNode, children: readonly ParquetNode[]): ParquetNode => {
  if (node.kind === 'list') return { ...node, item: withChildren(node.item, children) };
  return node.kind === 'struct' ? { ...node, children } : node;
};

/**
 * A column `user.name` that is a field, or contains some, becomes a member of an object `user`, as in a file with nested
 * columns.
 */
export const nestedNodes = (
  nodes: readonly ParquetNode[],
  names: Iterable<string>,
  before = '',
): readonly ParquetNode[] => {
  const prefixes = prefixesOf(names);
  const nest = (all: readonly ParquetNode[], within: string): readonly ParquetNode[] =>
    merged(
      all.map((node) => {
        const path = pathOfNode(node, within);
        const inner = innermost(node);
        const own = inner.kind === 'leaf' ? node : withChildren(node, nest(inner.children, `${path}.`));
        return prefixes.has(path) ? placed(own) : own;
      }),
    );
  return nest(nodes, before);
};

const prefixesOf = (names: Iterable<string>): ReadonlySet<string> => {
  const prefixes = new Set<string>();
  for (const name of names)
    for (const [at] of fieldPath(name).entries())
      prefixes.add(
        name
          .split('.')
          .slice(0, at + 1)
          .join('.'),
      );
  return prefixes;
};

/** An object that always exists, with the rest of its column's name as key. */
const placed = (node: ParquetNode): ParquetNode => {
  const point = node.name.indexOf('.');
  if (point < 0) return node;
  const child = placed({ ...node, name: node.name.slice(point + 1) });
  return { kind: 'struct', name: node.name.slice(0, point), level: 0, children: [child] };
};

const merged = (nodes: readonly ParquetNode[]): readonly ParquetNode[] => {
  const byName = new Map<string, ParquetNode>();
  const others: ParquetNode[] = [];
  for (const node of nodes) {
    const before = byName.get(node.name);
    if (before === undefined) byName.set(node.name, node);
    else if (before.kind === 'struct' && node.kind === 'struct') byName.set(node.name, both(before, node));
    else others.push(node);
  }
  return [...byName.values(), ...others];
};

/** If one of them is null, its members are null. */
const both = (one: ParquetStruct, other: ParquetStruct): ParquetStruct => ({
  ...one,
  level: 0,
  children: merged([...one.children, ...other.children]),
});
