import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type ManifestJson, manifestOf } from './validated.ts';

/** Nested and foreign records, and the texts in which they land on every engine. */

/** SQL of an array's element, counted from 1, on an engine. */
export type Element = (array: string, position: number) => string;
type Row = readonly unknown[];

const uuid = (digit: number) => `0000000${digit}-3a8c-4968-a3af-5362011ef7d5`;

export const session = (digit: number, items: string): string =>
  `{"session_id":"${uuid(digit)}","customer":{"user_id":"${uuid(0)}"},"session_start_time":"2020-01-27T08:29:54.970697"${items}}`;

const sessions = `[
    ${session(1, ',"session_items":[{"song_id":"A","price":1.03,"liked":true},{"price":0.5,"song_id":"B","liked":null}]')},
    ${session(2, ',"session_items":[]')},
    ${session(3, ',"session_items":null')},
    ${session(4, '')}
  ]`;

export const sessionFiles: readonly (readonly [what: string, key: string, body: string | Buffer])[] = [
  ['a JSON array', 'data/sessions/a.json', sessions],
  ['a JSON array as gzip', 'data/sessions/a.json.gz', gzipSync(sessions)],
];
export const sessionColumns = 'session_id, user_id, song_id, item_number, price, liked, session_start_time';
export const sessionRows: readonly Row[] = [
  [uuid(1), uuid(0), 'A', '1', '1.03', true, '2020-01-27 08:29:54.970697'],
  [uuid(1), uuid(0), 'B', '2', '0.50', null, '2020-01-27 08:29:54.970697'],
  ...[2, 3, 4].map((digit) => [uuid(digit), uuid(0), null, null, null, null, '2020-01-27 08:29:54.970697']),
];

const user = (location: string, more = '') =>
  `{"user_id":"${uuid(1)}","user_location":${location},"user_since":"2020-12-22T14:15:35"${more}}\n`;

export const userColumns = 'latitude, country_code, nothing, unknown_fields';
export const userCases: readonly (readonly [what: string, content: string, row: Row])[] = [
  [
    'has its elements by position',
    user('["46.32313","-0.45877","Niort","FR","Europe/Paris"]'),
    ['46.323130', 'FR', null, null],
  ],
  ['may be short or empty', user('["1.5"]'), ['1.500000', null, null, null]],
  ['may be missing', user('null'), [null, null, null, null]],
  [
    'stands beside new columns, whose texts are kept in their order',
    user('[]', ',"zip":"01234","score":1.10,"tags":["a",2],"no":null,"yes":true'),
    [null, null, null, '{"zip":"01234","score":"1.10","tags":"[\\"a\\",\\"2\\"]","no":null,"yes":"true"}'],
  ],
];

export const numberTexts: readonly (readonly [type: string, text: string])[] = [
  ['int', '12'],
  ['int', '-0'],
  ['int', '9223372036854775807'],
  ['decimal(10,2)', '1.10'],
  ['decimal(38,2)', '12345678901234567.89'],
  ['decimal(38,2)', '123456789012345678901234567890123456.70'],
  ['float', '1e3'],
  ['float', '1E-07'],
  ['float', '0.1'],
  ['float', '-12.500'],
  ['bool', 'true'],
];

const tricky = fc.array(
  fc.constantFrom('"', '\\', '1', '-', ':', ',', '{', '}', '\n', 'é', '😀', '\u2028', ' ', 'e', '.', '$1'),
);
/** People as JSON, beside what could be taken for a number, a string or an end. */
export const trickyPeople = fc.array(
  fc.record({
    id: fc.integer(),
    name: tricky.map((all) => all.join('')),
    share: fc.double({ noNaN: true, noDefaultInfinity: true }),
    other: fc.jsonValue(),
  }),
  { minLength: 1, maxLength: 20 },
);

export const partlyKnown: {
  readonly json: ManifestJson;
  readonly content: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
} = {
  json: manifestOf({ id: { type: 'int' }, 'place.city': { type: 'string' } }, { unknown_fields: 'text' }),
  content: '{"id":1,"place":{"city":"x","zip":7}}\n{"id":2,"place":{"city":"y"}}\n{"id":3}\n',
  columns: ['id', 'place.city as city', 'unknown_fields'],
  rows: [
    ['1', 'x', '{"place":"{\\"city\\":\\"x\\",\\"zip\\":\\"7\\"}"}'],
    ['2', 'y', '{"place":"{\\"city\\":\\"y\\"}"}'],
    ['3', null, null],
  ],
};

const moment = { type: 'timestamp', format: 'YYYY-MM-DD HH:mm:ss[.ffffff]' };

/** Parquet: queries whose rows a file holds, and the texts that land. */
export const parquet = {
  json: manifestOf(
    {
      id: { type: 'int' },
      paid: { type: 'decimal(10,2)' },
      bought_at: moment,
      'tags[]': { type: 'string' },
      'place.city': { type: 'string' },
      'items[].price': { type: 'decimal(10,2)' },
      'items[].note': { type: 'string' },
    },
    { extension: '.parquet', unknown_fields: 'text', fields_required: false },
  ),
  columns: (element: Element): readonly string[] => [
    ...['id', 'paid', 'bought_at', `${element('tags', 2)} as tag`, 'place.city as city'],
    ...[`${element('items', 1)}.price as price`, `${element('items', 1)}.note as note`, 'unknown_fields'],
  ],
  cases: [
    [
      'arrives as texts, nested as it is',
      `select 1 as id, 1.10::decimal(10,2) as paid, timestamp '2024-06-25 17:43:13.5' as bought_at, ['a', ''] as tags,
        {'city': 'x'} as place, [{'price': 0.57::decimal(10,2), 'note': 'n'}] as items, 7 as more, {'a': 1} as deep`,
      [
        '1',
        '1.10',
        '2024-06-25 17:43:13.5',
        null,
        'x',
        '0.57',
        'n',
        '{"more":"7","deep":"{\\"a\\":\\"1\\"}"}',
      ],
    ],
    [
      'may lack columns, inside of others too',
      "select 1::bigint as id, [{'price': 1::decimal(10,2)}] as items",
      ['1', null, null, null, null, '1.00', null, null],
    ],
    [
      'may have moments in nanoseconds',
      "select 2 as id, timestamp_ns '2024-06-25 17:43:13.123456' as bought_at",
      ['2', null, '2024-06-25 17:43:13.123456', null, null, null, null, null],
    ],
    [
      'keeps new columns as texts',
      `select 3 as id, 12345678.9::double as big, 1e20::double as huge, 0.1::float as small, 18446744073709551615::ubigint as most,
        timestamptz '2024-06-25 17:43:13.5+00' as zoned, timestamp_ns '2024-06-25 17:43:13' as nanos, true as yes, '' as empty, date '2024-06-25' as day`,
      [
        '3',
        ...[null, null, null, null, null, null],
        '{"big":"12345678.9","huge":"100000000000000000000","small":"0.1","most":"18446744073709551615","zoned":"2024-06-25 17:43:13.5","nanos":"2024-06-25 17:43:13","yes":"true","empty":"","day":"2024-06-25"}',
      ],
    ],
  ] satisfies readonly (readonly [what: string, query: string, row: Row])[],
};
