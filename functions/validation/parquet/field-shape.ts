import type { Field } from '../fields/field.ts';
import { fieldPath } from '../fields/path.ts';
import { parquetKind, parquetTypeName } from './kind.ts';
import type { ParquetNode } from './schema.ts';

/** A column in the place of a field that is not a value: its path, what it is, and what the manifest requires. */
export type OtherShape = { readonly place: string; readonly is: string; readonly asked: string };

/** Finds where a file has an array, an object or a value and the manifest something else. */
export const otherShape = (nodes: readonly ParquetNode[], field: Field): OtherShape | undefined => {
  const steps = fieldPath(field.from);
  let [among, before] = [nodes, ''];
  for (const [at, { key, isArray }] of steps.entries()) {
    const node = among.find(({ name }) => name === key);
    if (!node) return undefined;
    const inner = at < steps.length - 1 ? 'struct' : 'leaf';
    const asked = inner === 'struct' ? 'an object' : field.type_name;
    const place = `${before}${key}`;
    if ((node.kind === 'list') !== isArray) return other(place, node, isArray ? 'an array' : asked);
    const item = node.kind === 'list' ? node.item : node;
    if (item.kind !== inner) return other(isArray ? `${place}[]` : place, item, asked);
    among = item.kind === 'struct' ? item.children : [];
    before = `${place}${isArray ? '[]' : ''}.`;
  }
  return undefined;
};

/** A column with only nulls may be anything. */
const other = (place: string, node: ParquetNode, asked: string): OtherShape | undefined => {
  if (node.kind !== 'leaf') return { place, is: node.kind === 'list' ? 'an array' : 'an object', asked };
  const { kind } = parquetKind(node.element);
  return kind === 'nothing' ? undefined : { place, is: parquetTypeName(node.element), asked };
};
