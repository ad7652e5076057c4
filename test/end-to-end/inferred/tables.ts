import fc from 'fast-check';
import { columnCells, type Kind, kinds } from './cells.ts';

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

const plainNames = [
  'id',
  'user_id',
  'CustomerID',
  'amount',
  'price',
  'name',
  'city',
  'zip',
  'is_new',
  'created',
  'day',
  'note',
];
const oddNames = [
  ...[
    'Order ID',
    ' city ',
    'Unit Price ($)',
    '% change',
    'a/b-c',
    "it's",
    'say "x"',
    'back\\slash',
    'semi;colon',
    'comma,name',
  ],
  ...[
    'order',
    'Select',
    'user',
    'item',
    'landed_at',
    'batch_id',
    'unknown_fields',
    '__proto__',
    'constructor',
    'column 1',
  ],
  ...[
    '客户',
    'Πόλη',
    'Größe',
    'é',
    'e\u0301',
    '😀',
    'نام',
    '2020 Sales',
    '#',
    '-',
    '_',
    'tab\there',
    'two\nlines',
    'col_1',
  ],
  'a_very_long_name_of_a_column_as_some_systems_of_large_companies_make_them_out_of_all_their_tables_and_views',
];
/** Names that no field can be taken from, in formats that have paths. */
const hopelessNames = ['', 'a[]', '[0]', 'x..y', '.z', 'end.'];

const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...plainNames) },
  { weight: 3, arbitrary: fc.constantFrom(...oddNames) },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
      .filter((text) => !/[.[\]\r\0]/.test(text)),
  },
);

/** What a CSV header may not hold: it would be taken for a row of values. */
const isLikeValue = (text: string): boolean => /^[-+(.$€£]?[0-9]/.test(text);

const dialect: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  quote: fc.constantFrom('"', '"', '"', "'"),
  isAllQuoted: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  hasMark: fc.boolean(),
});

type Names = { readonly keys: readonly string[]; readonly isFlat: boolean };

const named = (format: Format): fc.Arbitrary<Names> => {
  const whole = name.map((text): Names => ({ keys: [text], isFlat: false }));
  if (format === 'csv') return whole.filter(({ keys }) => !keys.some(isLikeValue));
  const path = fc.array(name, { minLength: 2, maxLength: 3 });
  return fc.oneof(
    { weight: 4, arbitrary: whole },
    { weight: 2, arbitrary: fc.record({ keys: path, isFlat: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...hopelessNames).map((text) => ({ keys: [text], isFlat: false })),
    },
  );
};

/** No two begin with one key, in whatever case. */
const uniqueNames = (format: Format, minLength: number, maxLength: number): fc.Arbitrary<Names[]> =>
  fc.uniqueArray(named(format), { selector: firstKey, minLength, maxLength });

const firstKey = ({ keys: [first = ''] }: Names): string => first.toLowerCase();

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

/** Why a column cannot be a field: its name, in formats that have paths. */
export const isHopeless = (format: Format, keys: readonly string[]): boolean =>
  format !== 'csv' &&
  keys.some((key) => hopelessNames.includes(key) || (format === 'parquet' && key.includes('"')));

/** Arrays have names of their own, and some column can be named. */
function hasNames({ format, columns: all, items, tags }: Table): boolean {
  const firsts = all.map(firstKey);
  const arrays = [items?.name, tags?.name].filter((one) => one !== undefined);
  return (
    all.some(({ keys, cells }) => !isHopeless(format, keys) && cells.flat().some((cell) => cell !== null)) &&
    !arrays.some((one) => firsts.includes(one.toLowerCase()))
  );
}
