import type { ParquetColumnReader } from './column.ts';
import { innermost, type ParquetNode } from './schema.ts';

/** How records are made of the values of columns: a tree of readers, which writes one record after the other as JSON. */
export type RecordShape = LeafReader | StructReader | ListReader;

type Keyed = {
  /** The key with its quotes and a colon. */
  readonly key: string;
  /** The first column below it, which says whether there is anything, and all of them. */
  readonly first: ParquetColumnReader;
  readonly all: readonly ParquetColumnReader[];
};
type LeafReader = Keyed & { readonly kind: 'leaf' };
type StructReader = Keyed & {
  readonly kind: 'struct';
  /** Level from which on it is not null; 0 if it is always an object. */
  readonly level: number;
  readonly members: readonly RecordShape[];
};
type ListReader = Keyed & {
  readonly kind: 'list';
  readonly level: number;
  readonly elementLevel: number;
  readonly repeat: number;
  readonly item: RecordShape;
};

/** Answers the reader of a column. */
export type ReaderOf = (column: number) => ParquetColumnReader;

/** Readers for some nodes of a file. */
export const recordShape = (nodes: readonly ParquetNode[], readerOf: ReaderOf): readonly RecordShape[] =>
  nodes.map((node) => shapeOf(node, readerOf));

const shapeOf = (node: ParquetNode, readerOf: ReaderOf): RecordShape => {
  const key = `${JSON.stringify(node.name)}:`;
  if (node.kind === 'leaf') {
    const first = readerOf(node.column);
    return { kind: 'leaf', key, first, all: [first] };
  }
  if (node.kind === 'struct') {
    const members = recordShape(node.children, readerOf);
    const all = members.flatMap((member) => member.all);
    return { kind: 'struct', key, level: node.level, members, all, first: firstOf(all) };
  }
  const { level, elementLevel, repeat } = node;
  const item = shapeOf(node.item, readerOf);
  return { kind: 'list', key, level, elementLevel, repeat, item, all: item.all, first: item.first };
};

const firstOf = (all: readonly ParquetColumnReader[]): ParquetColumnReader => {
  const [first] = all;
  if (!first) throw new TypeError('a struct of no column');
  return first;
};

/** Which element of the outermost list is being written, from 0; -1 outside of lists. */
export type Place = { element: number };

/** The next record's object. Throws ParquetDamage. */
export const recordText = (members: readonly RecordShape[], place: Place): string => {
  let text = '{';
  for (const member of members)
    text += `${text.length > 1 ? ',' : ''}${member.key}${valueText(member, place)}`;
  return `${text}}`;
};

const valueText = (shape: RecordShape, place: Place): string => {
  if (shape.kind === 'leaf') return shape.first.take();
  const { first, level } = shape;
  first.peek();
  if (first.level < level) return nothing(shape, level, 'null');
  return shape.kind === 'struct' ? recordText(shape.members, place) : listText(shape, place);
};

const listText = (list: ListReader, place: Place): string => {
  const { first, all, elementLevel, repeat, item } = list;
  if (first.level < elementLevel) return nothing(list, elementLevel, '[]');
  const before = place.element;
  let text = '[';
  for (let at = 0; ; at++) {
    if (before < 0) place.element = at;
    text += `${at > 0 ? ',' : ''}${valueText(item, place)}`;
    const goesOn = isRepeated(first, repeat);
    for (const column of all)
      if (isRepeated(column, repeat) !== goesOn)
        throw column.damage('has another number of elements than its list');
    if (!goesOn) break;
  }
  place.element = before;
  return `${text}]`;
};

const isRepeated = (column: ParquetColumnReader, repeat: number): boolean => {
  column.peek();
  return column.repeat === repeat;
};

/** Every column says for itself that there is nothing. */
const nothing = ({ all }: RecordShape, level: number, text: string): string => {
  for (const column of all) {
    column.peek();
    if (column.level >= level) throw column.damage('has a value where the columns beside it have none');
    column.take();
  }
  return text;
};

/** All columns of some nodes, which are to be read. */
export const columnsOf = (nodes: readonly ParquetNode[]): readonly number[] =>
  nodes.flatMap((node) => {
    const inner = innermost(node);
    return inner.kind === 'leaf' ? [inner.column] : columnsOf(inner.children);
  });
