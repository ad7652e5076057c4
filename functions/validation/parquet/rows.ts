import { fetched } from './bytes.ts';
import { type ColumnOptions, type PageRoom, ParquetColumnReader } from './column.ts';
import { ParquetDamage, type ReadRange } from './damage.ts';
import type { Footer, RowGroup } from './footer.ts';
import type { ParquetNode } from './schema.ts';
import { columnsOf, type Place, type RecordShape, recordShape, recordText } from './shape.ts';
import type { OddValue } from './texts.ts';

/** Most bytes of pages and dictionaries that are held at once, over all columns. */
export const mostHeldBytes = 256 * 2 ** 20;
/** A small row group is read at once, otherwise each column in windows; the total is about this much. */
const [smallGroup, windowBytes] = [8 * 2 ** 20, 32 * 2 ** 20];
const [leastWindow, mostWindow] = [2 ** 16, 2 ** 20];
const [rowsAtOnce, textAtOnce] = [1000, 2 ** 20];

/** A value that no field can have, and its place. */
export type FoundOdd = OddValue & { readonly path: string; readonly element: number };

/** Records as JSON, and the unusual values in each; `odds` has a list only for records that have any, by their index. */
export type RecordTexts = {
  readonly texts: readonly string[];
  readonly odds: ReadonlyMap<number, readonly FoundOdd[]>;
};

export type RowsOptions = {
  readonly size: number;
  readonly read: ReadRange;
  readonly footer: Footer;
  readonly nodes: readonly ParquetNode[];
  /** What must be known of each column that is read, by its index. */
  readonly columns: ReadonlyMap<number, Pick<ColumnOptions, 'leaf' | 'path' | 'toText'>>;
};

/** Records of a file in their order, some at a time. Throws ParquetDamage, RangeUnread. */
export async function* readRows({
  size,
  read,
  footer,
  nodes,
  columns,
}: RowsOptions): AsyncGenerator<RecordTexts> {
  const room: PageRoom = { most: mostHeldBytes, held: 0 };
  for (const [at, group] of footer.groups.entries()) {
    if (group.rows === 0) continue;
    const found: FoundOdd[] = [];
    const place: Place = { element: -1 };
    const positions = columnsOf(nodes);
    const bytes = await groupBytes(group, positions, size, read);
    const window = Math.min(
      mostWindow,
      Math.max(leastWindow, Math.floor(windowBytes / Math.max(1, positions.length))),
    );
    const readers = new Map(
      positions.map((position) => {
        const [chunk, known] = [group.chunks[position], columns.get(position)];
        if (!chunk || !known) throw new ParquetDamage(`has a row group (${at + 1}) that lacks columns`);
        const onOdd: ColumnOptions['onOdd'] = (_, odd) =>
          void found.push({ ...odd, path: known.path, element: place.element });
        const end = Math.min(size, chunk.start + chunk.size);
        return [position, new ParquetColumnReader(chunk, bytes, end, window, { ...known, room, onOdd })];
      }),
    );
    const members = recordShape(nodes, (column) => readers.get(column) as ParquetColumnReader);
    yield* groupRows(group.rows, [...readers.values()], members, place, found);
  }
}

/** The bytes of many small columns are read together. */
const groupBytes = async (
  { chunks }: RowGroup,
  positions: readonly number[],
  size: number,
  read: ReadRange,
): Promise<ReadRange> => {
  const wanted = positions.flatMap((position) => chunks[position] ?? []);
  const start = Math.min(...wanted.map((chunk) => chunk.start));
  const end = Math.min(size, Math.max(...wanted.map((chunk) => chunk.start + chunk.size)));
  if (!(end > start) || end - start > smallGroup) return read;
  const bytes = await fetched(read, start, end);
  return async (from, to) => bytes.subarray(from - start, to - start);
};

async function* groupRows(
  rows: number,
  readers: readonly ParquetColumnReader[],
  members: readonly RecordShape[],
  place: Place,
  found: FoundOdd[],
): AsyncGenerator<RecordTexts> {
  for (let left = rows; left > 0; ) {
    let held = Math.min(left, rowsAtOnce);
    for (const reader of readers) {
      if (reader.rows <= 0) await reader.fill();
      if (reader.rows <= 0) throw reader.damage('has fewer values than rows');
      held = Math.min(held, reader.rows);
    }
    const texts: string[] = [];
    const odds = new Map<number, readonly FoundOdd[]>();
    for (let length = 0; texts.length < held && length < textAtOnce; length += texts.at(-1)?.length ?? 0) {
      texts.push(readRow(readers, members, place));
      if (found.length > 0) odds.set(texts.length - 1, found.splice(0));
    }
    left -= texts.length;
    yield { texts, odds };
  }
  for (const reader of readers) {
    reader.end();
    reader.close();
  }
}

const readRow = (
  readers: readonly ParquetColumnReader[],
  members: readonly RecordShape[],
  place: Place,
): string => {
  const text = recordText(members, place);
  for (const reader of readers) reader.endRow();
  return text;
};
