import fc from 'fast-check';

/** The `schema` of a manifest that names columns `c0`, `c1`, ... */
export type Schema = {
  readonly delimiter: string;
  readonly quote: string;
  readonly max_row_bytes?: number;
  readonly key?: readonly string[];
  readonly on_duplicate?: string;
  readonly fields: Readonly<Record<string, { readonly type: string; readonly required: boolean }>>;
};

const columns: Readonly<Record<string, readonly object[]>> = {
  int: [{}, { min: -3, max: 99 }, { max: '9223372036854775806' }, { one_of: [1, 7] }, { max_length: 2 }],
  'decimal(4,2)': [{}, { min: '-1.5', max: 12.25 }, { pattern: '.*5' }],
  'decimal(38,2)': [{}, { min: 0 }],
  'decimal(18,18)': [{}, { max: '0.5' }],
  float: [{}, { min: 0.1 }, { min: -1.5, max: 1e20 }],
  bool: [{}, { one_of: ['true', 'FALSE'] }],
  date: [{}, { min: '2024-02-29' }, { max: '2024-02-29' }],
  timestamp: [
    {},
    { min: '2024-02-29 12:00:00' },
    { format: 'YYYY-MM-DDTHH:mm:ss' },
    { format: 'YYYY-MM-DD HH:mm:ss[.ffffff]', max: '2024-02-29 23:59:59.5' },
    { format: 'YYYY-MM-DDTHH:mm:ss[.ffffff]Z', min: '0001-01-01T00:00:00.000001Z' },
    { format: 'YYYY-MM-DDTHH:mm:ssZ' },
  ],
  timestamptz: [
    {},
    { min: '2024-02-29 12:00:00+01' },
    { max: '2024-02-29T23:59:59.5-0330' },
    { max_length: 20 },
  ],
  string: [
    {},
    { length: 2 },
    { min_length: 1, max_length: 20 },
    { pattern: '[a-zé]*' },
    { one_of: ['a', 'é"'] },
  ],
};

const moments = [
  '2024-02-29',
  '2023-02-29',
  '1900-02-29',
  '2000-02-29',
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '2024-04-31',
  '2024-12-31',
  '2024-13-01',
  '2024-00-10',
  '2024-01-00',
  '2024-1-01',
  '20240-01-01',
  '2024-02-29 12:00:00',
  '2024-02-29 24:00:00',
  '2024-02-29 23:59:60',
  '2024-02-29 11:59:59',
  '2024-02-29T23:59:59',
  '2024-02-29 23:59:59.5',
  '2024-02-29 23:59:59.500001',
  '2024-02-29 23:59:59.1234567',
  '2024-02-29 23:59:59.',
  '0001-01-01T00:00:00.000001Z',
  '0001-01-01T00:00:00Z',
  '2024-02-29T12:34:56.7Z',
  '2024-02-29T12:34:56',
  '2024-02-29x12:34:56',
  '2024-02-29T12:34:56+02:00',
  '2024-02-29 12:34:56.70-11',
  '2024-02-29T13:34:56.7+0100',
  '0001-01-01T00:00:00+00:01',
  '9999-12-31T23:59:59-0001',
  '2024-02-29T12:34:56+14:30',
  '2024-02-29T12:34:56+1:00',
  '2024-02-29T12:34:56 +01:00',
];
const numbers = [
  '0',
  '-0',
  '1',
  '7',
  '-1',
  '12',
  '0012',
  '01',
  '+1',
  '1.',
  '.5',
  '1.5',
  '12.25',
  '12.26',
  '-1.5',
  '-1.51',
  '99',
  '99.99',
  '100',
  '1e3',
  '1E-3',
  '1e+20',
  '1e21',
  '1e400',
  '1e-400',
  '0e999',
  '-',
  '--1',
  '1-',
  '0.1',
  '0.10000000000000001',
  '0.5',
  '0.50',
  '9223372036854775807',
  '9223372036854775806',
  '9223372036854775808',
  '-9223372036854775808',
  '-9223372036854775809',
  '18446744073709551616',
  '123456789012345678901234567890',
  '123456789012345678',
  '0.123456789012345678',
  '１２',
  '٣',
];
const truths = [
  'true',
  'True',
  'TRUE',
  'tRue',
  'truE',
  'false',
  'False',
  'FALSE',
  'fALSE',
  'FALSe',
  'truee',
  'fals',
  't',
  '1',
];
const texts = [
  '',
  'a',
  'é',
  'é"',
  'aé',
  'ab',
  'abc',
  '😀',
  '☃☃',
  'a'.repeat(20),
  'é'.repeat(33),
  'x'.repeat(40),
  ' ',
  'ﬀ',
  '\uFEFFa',
];

const value = fc.oneof(
  fc.constantFrom(...texts),
  fc.constantFrom(...numbers),
  fc.constantFrom(...moments),
  fc.constantFrom(...truths),
  fc.integer().map(String),
  fc.double({ noNaN: true }).map(String),
);

/** Values that a column of the type often takes. */
const usual = (type: string): fc.Arbitrary<string> => {
  if (type === 'string') return fc.constantFrom(...texts);
  if (type === 'bool') return fc.constantFrom(...truths.slice(0, 3));
  if (type === 'date') return fc.constantFrom(...moments.slice(0, 14));
  if (type === 'timestamp') return fc.constantFrom(...moments);
  return fc.constantFrom(...numbers);
};

const odd = fc.constantFrom('"', "'", '""', ',', ';', '\r', '\n', '\r\n', '\0', '\uFEFF', '5', '-', ' ');

/** Schemas of one to four columns. */
export const dirtyColumns: fc.Arbitrary<Schema> = fc
  .record({
    delimiter: fc.constantFrom(',', ',', ',', ';', '\t', '-', ' ', '1', 'T', '.'),
    quote: fc.constantFrom('"', '"', '"', "'", '5', 'e'),
    max_row_bytes: fc.constantFrom(60, 2 ** 20, 2 ** 20, 2 ** 20),
    isKeyed: fc.boolean(),
    on_duplicate: fc.constantFrom('first', 'last', 'reject'),
    columns: fc.array(
      fc.constantFrom(...Object.keys(columns)).chain((type) =>
        fc.record({
          type: fc.constant(type),
          required: fc.boolean(),
          rules: fc.constantFrom(...(columns[type] ?? [{}])),
        }),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ isKeyed, on_duplicate, columns: chosen, ...dialect }) => {
    const fields = chosen.map(({ rules, ...field }, at) => [`c${at}`, { ...field, ...rules }] as const);
    const key = fields.filter(([, { required }]) => required).map(([name]) => name);
    return {
      ...dialect,
      fields: Object.fromEntries(fields),
      ...(isKeyed && key.length > 0 && { key, on_duplicate }),
    };
  });

const written = (text: string, quote: string, isQuoted: boolean): string =>
  isQuoted ? `${quote}${text.replaceAll(quote, quote + quote)}${quote}` : text;

const fieldOf = (type: string, quote: string): fc.Arbitrary<string> =>
  fc
    .record({
      text: fc.oneof(
        { weight: 6, arbitrary: usual(type) },
        { weight: 1, arbitrary: value },
        { weight: 1, arbitrary: odd },
      ),
      isQuoted: fc.boolean(),
    })
    .map(({ text, isQuoted }) => written(text, quote, isQuoted));

const recordOf = ({ fields, delimiter, quote }: Schema): fc.Arbitrary<string> =>
  fc
    .record({
      values: fc.tuple(...Object.values(fields).map(({ type }) => fieldOf(type, quote))),
      more: fc.oneof(
        { weight: 20, arbitrary: fc.constant('') },
        { weight: 1, arbitrary: fc.oneof(odd, value) },
      ),
      end: fc.constantFrom('\n', '\n', '\n', '\r\n', '\r'),
    })
    .map(({ values, more, end }) => values.join(delimiter) + more + end);

/** Files with that header: records, most of them in order, into which bytes may be thrown. */
export const dirtyContent = (schema: Schema): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      mark: fc.constantFrom('', '', '\uFEFF'),
      end: fc.constantFrom('\n', '\r\n'),
      records: fc.array(recordOf(schema), { maxLength: 40 }),
      thrown: fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 0xff, 0xc3, 0x80, 0x0d, 0x0a, 0x22)), {
        maxLength: 2,
      }),
      isThrown: fc.boolean(),
    })
    .map(({ mark, end, records, thrown, isThrown }) => {
      const names = Object.keys(schema.fields).map((name) => written(name, schema.quote, true));
      const header = Buffer.from(`${mark}${names.join(schema.delimiter)}${end}`);
      const body = Buffer.from(records.join(''));
      for (const [at, byte] of isThrown ? thrown : []) body[at % body.length] = byte;
      return Buffer.concat([header, body]);
    });
