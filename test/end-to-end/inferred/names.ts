import fc from 'fast-check';
import type { Format } from './tables.ts';

/** Names of columns, as exports and records have them. */

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

export type Names = { readonly keys: readonly string[]; readonly isFlat: boolean };

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
export const uniqueNames = (format: Format, minLength: number, maxLength: number): fc.Arbitrary<Names[]> =>
  fc.uniqueArray(named(format), { selector: firstKey, minLength, maxLength });

export const firstKey = ({ keys: [first = ''] }: Names): string => first.toLowerCase();

/** Why a column cannot be a field: its name, in formats that have paths. */
export const isHopeless = (format: Format, keys: readonly string[]): boolean =>
  format !== 'csv' &&
  keys.some((key) => hopelessNames.includes(key) || (format === 'parquet' && key.includes('"')));
