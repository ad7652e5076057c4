import { isIdentifier, wordsOf } from './column-names.ts';
import { isTimestamp } from './column-type.ts';
import type { RowListener } from './csv-rows.ts';
import { DistinctSketch } from './distinct-sketch.ts';
import type { InferredColumn, InferredKey } from './inferred.ts';
import { canonicalText } from './value-kind.ts';

const mostColumns = 8;
const periods = new Set(['year', 'month', 'quarter', 'week', 'day', 'period', 'date']);

/** Reads all rows of the samples a second time. */
type Rereading = (listener: RowListener) => Promise<void>;

/** Finds the key of the rows of a file; reads the rows again only if no single column is a key. */
export const chooseKey = async (
  columns: readonly InferredColumn[],
  dataset: string,
  reread: Rereading,
): Promise<InferredKey> => {
  const single = singleKey(columns, dataset);
  if (single) return single;
  const search = new KeySearch(keyCandidates(columns));
  if (!search.isOver) await reread(search);
  const { found } = search;
  if (!found) return nearestKey(columns);
  const isEvent = columns.some(({ name, type }) => isTimestamp(type) && found.includes(name));
  return { columns: found, kind: isEvent ? 'event' : 'found' };
};

/** The one column that is a key: unique, complete, and named like an identifier or the first column. */
const singleKey = (columns: readonly InferredColumn[], dataset: string): InferredKey | undefined => {
  const unique = columns.filter((column, at) => isUnique(column) && (isIdentifier(column.name) || at === 0));
  const [best] = unique.sort((a, b) => rank(b, dataset) - rank(a, dataset));
  return best && { columns: [best.name], kind: isTimestamp(best.type) ? 'event' : 'found' };
};

const isUnique = (column: InferredColumn): boolean =>
  isComplete(column) &&
  column.profile.isUnique &&
  (isTimestamp(column.type) || ['int', 'string', 'date'].includes(column.type.type));

/** A word for a missing value is a value in the file, but NULL in silver. */
const isComplete = ({ required, type }: InferredColumn): boolean => required && type.numbers === undefined;

/** Prefers `customer_id` to `national_id` in a list of customers. */
const rank = ({ name, personal }: InferredColumn, dataset: string): number => {
  const [first = ''] = wordsOf(name);
  const own = first.length > 2 && dataset.includes(first.slice(0, -1)) ? 4 : 0;
  return own + (isIdentifier(name) ? 2 : 0) + (personal === undefined ? 1 : 0);
};

/** Sets of columns that may be a key, the most likely first: identifiers with a timestamp or a period. */
const keyCandidates = (columns: readonly InferredColumn[]): readonly (readonly string[])[] => {
  const complete = columns.filter(isComplete);
  const ids = complete.filter(isDiscrete).filter(({ name }) => isIdentifier(name));
  const moments = complete.filter(isMoment);
  const [firstId] = ids;
  const snapshots = moments
    .filter(({ type }) => !isTimestamp(type))
    .flatMap((moment) => (firstId ? [[firstId, moment]] : []));
  const sets = [
    ...(ids.length > 1 && moments.length === 0 ? [ids] : []),
    ...snapshots,
    ...moments.map((moment) => [...ids, moment]),
    [...ids, ...moments],
  ];
  const names = sets
    .filter(({ length }) => length > 1 && length <= mostColumns)
    .map((set) => [...new Set(set.map(({ name }) => name))]);
  return [...new Map(names.map((set) => [set.join('\n'), set])).values()];
};

const isDiscrete = ({ type }: InferredColumn): boolean => type.type === 'int' || type.type === 'string';

const isMoment = ({ name, type }: InferredColumn): boolean =>
  type.type === 'date' ||
  isTimestamp(type) ||
  (type.type === 'int' && !isIdentifier(name) && wordsOf(name).some((word) => periods.has(word)));

type Candidate = {
  readonly columns: readonly string[];
  positions: readonly number[];
  sketch: DistinctSketch;
};

/** Looks for duplicate values of candidates within a file. */
class KeySearch implements RowListener {
  private open: readonly Candidate[];

  constructor(candidates: readonly (readonly string[])[]) {
    this.open = candidates.map((columns) => ({ columns, positions: [], sketch: new DistinctSketch() }));
  }

  readonly onHeader = (header: readonly string[]): void => {
    for (const candidate of this.open) {
      candidate.positions = candidate.columns.map((name) => header.indexOf(name));
      candidate.sketch = new DistinctSketch();
    }
  };

  readonly onRow = (texts: readonly string[]): void => {
    for (const { positions, sketch } of this.open)
      sketch.add(positions.map((position) => canonicalText(texts[position] ?? '')).join('\u0000'));
    if (this.open.some(({ sketch }) => sketch.repeats > 0))
      this.open = this.open.filter(({ sketch }) => sketch.repeats === 0);
  };

  /** Whether all candidates had duplicates. */
  get isOver(): boolean {
    return this.open.length === 0;
  }

  /** The most likely candidate without duplicates. */
  get found(): readonly string[] | undefined {
    return this.open[0]?.columns;
  }
}

/** Used as a key if none was found: the columns with the fewest duplicates. */
const nearestKey = (columns: readonly InferredColumn[]): InferredKey => {
  const complete = columns.filter(isComplete);
  const telling = complete.filter((column) => isIdentifier(column.name) || isMoment(column));
  const chosen = [telling, complete, columns].find(({ length }) => length > 0) ?? [];
  return { columns: chosen.slice(0, mostColumns).map(({ name }) => name), kind: 'none' };
};
