import { compareNumbers, isNumber, paddedSequence } from '../../values/index.ts';
import type { KpiShape } from '../model.ts';
import { groupColumn } from './groups.ts';

/** Turns unloaded KPI rows into items of the KPI table. */

/** One KPI item as it is stored; numbers that a double cannot hold are `ExactNumber`s. */
export type KpiItem = { readonly pk: string; readonly sk: string } & Readonly<Record<string, unknown>>;

/** A version of a key's KPI items; sorts like its sequence. */
export const kpiVersion = paddedSequence;

/** One unloaded row; numbers keep all digits, absent columns are NULL. */
export type KpiRow = Readonly<Record<string, unknown>>;

/** The column in which an unloaded row says the generation in which its `latest` item was written before, or NULL. */
export const sequenceBefore = 'sequence_before';

/** Attributes of every item of a publication. */
export type Stamp = {
  readonly rebuild: string;
  readonly seq: number;
  readonly as_of: string;
  /** What `latest` items have in their keys in place of the sequence, which it is when absent. */
  readonly generation?: number | undefined;
};

/** Rows of each KPI model by its name. */
export type KpiRows = ReadonlyMap<string, readonly KpiRow[]>;

/** An item of a model's row, and how it is published. */
export type ShapedItem = {
  readonly model: string;
  readonly shape: KpiShape;
  readonly item: KpiItem & { readonly seq: number };
  /** The item that a `latest` one replaces. */
  readonly before?: { readonly pk: string; readonly sk: string };
};

/** Items of some rows of one model in one shape; `rows` has their lists, too: the rows of other models. */
export const shapeItems = (rows: KpiRows, model: string, shape: KpiShape, stamp: Stamp): ShapedItem[] => {
  const lists = shape.lists.map((list) => ({ ...list, groups: groupRows(rows.get(list.from) ?? [], list) }));
  const hidden = notMeasured(shape);
  return (rows.get(model) ?? []).map((row) => {
    const nested = lists.map(({ as, by, groups }) => [as, groups.get(groupKey(row, by)) ?? []]);
    const key = keyOf(shape, row, numberInKey(shape, stamp));
    const item = { ...key, ...measures(row, hidden), ...Object.fromEntries(nested) };
    return { model, shape, item: { ...item, ...stampOf(shape, stamp) }, ...itemBefore(shape, row) };
  });
};

/** The key of the item that this one replaces, if the warehouse has noted it. */
const itemBefore = (shape: KpiShape, row: KpiRow): Pick<ShapedItem, 'before'> => {
  const before = row[sequenceBefore];
  return typeof before === 'number' ? { before: keyOf(shape, row, before) } : {};
};

const numberInKey = ({ publish }: KpiShape, { seq, generation = seq }: Stamp): number =>
  publish === 'latest' ? generation : seq;

const keyOf = (shape: KpiShape, row: KpiRow, number: number): { pk: string; sk: string } => {
  const fill = (template: string): string =>
    template.replace(/\{(\w+)\}/g, (_, name: string) => {
      if (name === 'version' || name === 'seq') return kpiVersion(number);
      return String(row[name] ?? '');
    });
  return { pk: fill(shape.pk), sk: fill(shape.sk) };
};

const stampOf = ({ publish }: KpiShape, { rebuild, seq, as_of }: Stamp): { seq: number } & KpiRow =>
  publish === 'pointer' ? { version: kpiVersion(seq), seq, as_of, rebuild } : { seq };

/** Columns that are no attributes: those in the key, those to omit, and what the warehouse adds. */
const notMeasured = ({ pk, sk, omit }: KpiShape): ReadonlySet<string> =>
  new Set([
    ...[...`${pk}${sk}`.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    ...omit,
    sequenceBefore,
    groupColumn,
  ]);

const measures = (row: KpiRow, hidden: ReadonlySet<string>): KpiRow =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !hidden.has(name)));

const groupKey = (row: KpiRow, by: readonly string[]): string => JSON.stringify(by.map((name) => row[name]));

/** Rows of a nested list by their parent, in order, without the parent's columns. */
const groupRows = (
  rows: readonly KpiRow[],
  { by, order }: KpiShape['lists'][number],
): Map<string, KpiRow[]> => {
  const groups = new Map<string, KpiRow[]>();
  for (const row of [...rows].sort((a, b) => inOrder(a[order], b[order]))) {
    const key = groupKey(row, by);
    const own = Object.fromEntries(
      Object.entries(row).filter(([name]) => !by.includes(name) && name !== groupColumn),
    );
    const group = groups.get(key);
    if (group) group.push(own);
    else groups.set(key, [own]);
  }
  return groups;
};

const inOrder = (one: unknown, other: unknown): number => {
  if (isNumber(one) && isNumber(other)) return compareNumbers(one, other);
  const [a, b] = [String(one), String(other)];
  return a === b ? 0 : a < b ? -1 : 1;
};
