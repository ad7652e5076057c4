import fc from 'fast-check';
import { columnCells, type Kind, kinds } from './cells.ts';
import { firstKey, isHopeless, type Names, uniqueNames } from './names.ts';

/** Tables of any kind, as somebody may export them, from which files of each format are made. */

export type Format = 'csv' | 'jsonl' | 'json' | 'parquet';

/** A value as it stands in a text file; `null` where there is none. */
export type Cell = string | null;

export type Column = {
  /** Its name, or the keys that lead to it in a record or in an item. */
  readonly keys: readonly string[];
  /** Keys are written as one, with points between them. */
  readonly isFlat: boolean;
  readonly kind: Kind;
  /** By row, then by item; a column of the record itself has one in each row. */
  readonly cells: readonly (readonly Cell[])[];
};

export type Table = {
  readonly format: Format;
  readonly isGzip: boolean;
  readonly columns: readonly Column[];
  /** An array of objects, its columns, and how many objects it has in each row. */
  readonly items?: {
    readonly name: string;
    readonly columns: readonly Column[];
    readonly counts: readonly number[];
  };
  /** An array of values. */
  readonly tags?: { readonly name: string; readonly column: Column };
  readonly rows: number;
  /** How a CSV file is written. */
  readonly dialect: Dialect;
  /** Null is not written, where a format may leave it out. */
  readonly isSparse: boolean;
};

export type Dialect = {
  readonly delimiter: string;
  readonly quote: string;
  readonly isAllQuoted: boolean;
  readonly lineEnd: string;
  readonly hasMark: boolean;
};

const dialect: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  quote: fc.constantFrom('"', '"', '"', "'"),
  isAllQuoted: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  hasMark: fc.boolean(),
});

const column = (names: Names, format: Format, counts: readonly number[]): fc.Arbitrary<Column> =>
  fc
    .constantFrom(...kinds.filter((kind) => kind !== 'null_word' || format === 'csv'))
    .chain((kind) => columnCells(kind, format, counts).map((cells) => ({ ...names, kind, cells })));

const columns = (format: Format, counts: readonly number[], min: number, max: number) =>
  uniqueNames(format, min, max).chain((all) =>
    fc.tuple(...all.map((names) => column(names, format, counts))),
  );

const itemsOf = (format: Format, rows: number): fc.Arbitrary<Table['items']> =>
  format === 'csv'
    ? fc.constant(undefined)
    : fc.option(
        fc
          .tuple(
            fc.array(fc.integer({ min: 0, max: 3 }), { minLength: rows, maxLength: rows }),
            fc.constantFrom('items', 'Line Items', '行'),
          )
          .chain(([counts, name]) =>
            columns(format, counts, 1, 3).map((own) => ({ name, columns: own, counts })),
          ),
        { nil: undefined },
      );

const tagsOf = (format: Format, rows: number): fc.Arbitrary<Table['tags']> =>
  format === 'csv'
    ? fc.constant(undefined)
    : fc.option(
        fc
          .array(fc.integer({ min: 0, max: 3 }), { minLength: rows, maxLength: rows })
          .chain((counts) => column({ keys: [''], isFlat: false }, format, counts))
          .map((own) => ({ name: 'tags', column: own })),
        { nil: undefined },
      );

/** Any table, some rows of which may stand there twice. */
export const anyTable: fc.Arbitrary<Table> = fc
  .record({
    format: fc.constantFrom<Format>('csv', 'csv', 'jsonl', 'json', 'parquet', 'parquet'),
    isGzip: fc.boolean(),
    rows: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 20, max: 60 })),
    dialect,
    isSparse: fc.boolean(),
    repeats: fc.constantFrom(1, 1, 1, 2),
  })
  .chain(({ repeats, ...table }) =>
    fc
      .record({
        columns: columns(table.format, Array<number>(table.rows).fill(1), table.format === 'csv' ? 2 : 1, 6),
        items: itemsOf(table.format, table.rows),
        tags: tagsOf(table.format, table.rows),
      })
      .map((made) => repeated({ ...table, ...definedOf(made) }, repeats)),
  )
  .filter(hasNames);

const definedOf = ({
  columns,
  items,
  tags,
}: Pick<Table, 'columns'> & { items: Table['items']; tags: Table['tags'] }) => ({
  columns,
  ...(items && { items }),
  ...(tags && { tags }),
});

const repeated = (table: Table, times: number): Table => {
  const again = <One>(all: readonly One[]): One[] => Array.from({ length: times }, () => all).flat();
  const ofColumn = (own: Column): Column => ({ ...own, cells: again(own.cells) });
  const { items, tags } = table;
  return {
    ...table,
    rows: table.rows * times,
    columns: table.columns.map(ofColumn),
    ...(items && { items: { ...items, columns: items.columns.map(ofColumn), counts: again(items.counts) } }),
    ...(tags && { tags: { ...tags, column: ofColumn(tags.column) } }),
  };
};

/** Arrays have names of their own, and some column can be named. */
function hasNames({ format, columns: all, items, tags }: Table): boolean {
  const firsts = all.map(firstKey);
  const arrays = [items?.name, tags?.name].filter((one) => one !== undefined);
  return (
    all.some(({ keys, cells }) => !isHopeless(format, keys) && cells.flat().some((cell) => cell !== null)) &&
    !arrays.some((one) => firsts.includes(one.toLowerCase()))
  );
}
