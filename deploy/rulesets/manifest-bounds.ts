import { columnOf } from '../../functions/quality/index.ts';
import { type Field, type Manifest, parseManifest } from '../../functions/validation/index.ts';
import type { OutputColumn } from '../sql/columns.ts';
import type { Bound } from './limits.ts';
import { columnDomain, counts, type Domain, type Limit, momentPoint, type Point, pointOf } from './values.ts';

/** What is known of a column of silver. */
export type SilverColumn = Pick<OutputColumn, 'name' | 'type' | 'source' | 'isNull'>;

/** What the manifest guarantees for columns of silver that are only a cast of a field. */
export const manifestBounds = (
  manifest: string,
  dataset: string,
  columns: readonly SilverColumn[],
): Bound[] => {
  const empty = columns.filter(({ isNull }) => isNull).flatMap((column) => nullBounds(dataset, column));
  const parsed = parseManifest(manifest);
  if (!parsed.ok) return empty;
  const { manifest: all } = parsed;
  const { fields } = all;
  const own = columns.flatMap((column) => {
    const field = fields.find(({ name }) => name.toLowerCase() === column.source);
    return field ? fieldBounds(field, dataset, column) : [];
  });
  const most = [all, ...all.also].map(mostRows);
  const rows = most.every((one) => one !== undefined) ? [atMostRows(Math.max(...most))] : [];
  return [...empty, ...rows, ...own];
};

/** Of an accepted file; undefined without a limit. */
const mostRows = ({ max_rows, on_error }: Manifest): number | undefined =>
  on_error === 'quarantine' ? max_rows : undefined;

const atMostRows = (rows: number): Bound => ({
  subject: 'RowCount',
  domain: counts,
  limit: atMost(pointOf(String(rows))),
});

const nullBounds = (dataset: string, column: SilverColumn): Bound[] => {
  const domain = domainOf(dataset, column);
  const limit: Limit = { names: [], holds: (point) => point === null };
  return domain ? [{ subject: `values of "${column.name}"`, domain, limit }] : [];
};

const domainOf = (dataset: string, { name, type }: SilverColumn): Domain | undefined => {
  const at = { line: 1, column: 1 };
  return columnDomain(columnOf({ dataset, columns: [{ name, type }] }, { text: name, raw: name, at }));
};

const atLeast = (least: bigint): Limit => ({
  names: [least],
  holds: (point) => point === null || (typeof point === 'bigint' && point >= least),
});

const atMost = (most: bigint): Limit => ({
  names: [most],
  holds: (point) => point === null || (typeof point === 'bigint' && point <= most),
});

const fieldBounds = (field: Field, dataset: string, column: SilverColumn): Bound[] => {
  const domain = domainOf(dataset, column);
  const values = domain ? valueLimits(field, domain) : [];
  return [
    ...values.map((limit) => ({ subject: `values of "${column.name}"`, domain: domain ?? counts, limit })),
    ...(field.type.kind === 'string' && domain?.words === 'any' ? lengthLimits(field) : []).map((limit) => ({
      subject: `ColumnLength "${column.name}"`,
      domain: counts,
      limit,
    })),
  ];
};

const lengthLimits = ({ min_length, max_length, one_of }: Field): Limit[] => [
  ...(one_of === undefined ? [] : [oneLengthOf(one_of)]),
  ...(min_length === undefined ? [] : [atLeast(pointOf(String(min_length)))]),
  ...(max_length === undefined ? [] : [atMost(pointOf(String(max_length)))]),
];

/** The lengths of values from a list are those of the list, in code points. */
const oneLengthOf = (choices: readonly string[]): Limit => {
  const lengths = [...new Set(choices.map((choice) => pointOf(String([...choice].length))))];
  return { names: lengths, holds: (point) => point === null || lengths.some((length) => length === point) };
};

const valueLimits = ({ type, min, max, one_of, required }: Field, { words }: Domain): Limit[] => {
  const isMoment = type.kind === 'date' || type.kind === 'timestamp';
  const isLine = words === undefined;
  const read = (text: string): Point | undefined => {
    if (!isLine) return type.kind === 'string' ? text : undefined;
    if (isMoment) return momentPoint(text);
    return /^-?\d{1,28}(\.\d{1,28})?$/.test(text) && type.kind !== 'string' ? pointOf(text) : undefined;
  };
  const [least, most] = [min, max].map((bound) => (bound === undefined ? undefined : read(bound)));
  const chosen = one_of?.map(read);
  return [
    ...(typeof least === 'bigint' ? [atLeast(least)] : []),
    ...(typeof most === 'bigint' ? [atMost(most)] : []),
    ...(chosen?.every((point) => point !== undefined)
      ? [{ names: chosen, holds: (point: Point) => point === null || chosen.includes(point) }]
      : []),
    ...(required ? [{ names: [], holds: (point: Point) => point !== null }] : []),
  ];
};
