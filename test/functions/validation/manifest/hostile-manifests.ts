/** Manifests that someone wrote to do harm, or with a hammer: as text, since JSON can say what no object holds. */
export type Hostile = {
  readonly name: string;
  readonly text: string;
  /** Path of what is wrong with it, the beginning of each problem. */
  readonly path: string;
};

/** A manifest that uses every key there is. */
export const whole = {
  version: '1.0',
  directory: 'data/streams/',
  name: 'streams',
  purpose: 'listens',
  schema: {
    extension: '.csv',
    format: 'csv',
    name_pattern: 'streams[0-9]+.csv',
    delimiter: ',',
    quote: '"',
    encoding: 'utf-8',
    max_rows: 1000,
    max_bytes: 1_000_000,
    max_row_bytes: 1000,
    fields_required: true,
    unknown_fields: 'reject',
    key: ['user_id'],
    on_duplicate: 'first',
    fields: {
      user_id: { type: 'int', required: true, min: 1, max: '9', pii: true, one_of: [1, '2'] },
      note: {
        type: 'string',
        min_length: 1,
        max_length: 9,
        pattern: '[a-z]+',
        description: 'a note',
      },
      code: { type: 'string', length: 3 },
      at: { type: 'timestamp', format: 'YYYY-MM-DD HH:mm:ss' },
    },
    validation: {
      on_error: 'quarantine_rows',
      max_bad_rows: 3,
      max_bad_share: 0.5,
      quarantine_path: 'data/quarantine/streams',
      on_empty: 'ignore',
    },
  },
};

type Path = readonly string[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Paths of all keys, those of objects too. */
const pathsOf = (value: unknown, path: Path = []): Path[] =>
  isObject(value)
    ? Object.entries(value).flatMap(([key, child]) => [[...path, key], ...pathsOf(child, [...path, key])])
    : [];

const keyPaths = pathsOf(whole);
const dotted = (path: Path): string => path.join('.');

/** The text of the manifest with the value at a path, or the whole `"key":value`, written again. */
const textWith = (path: Path, write: (key: string, value: string) => string): string => {
  const render = (value: unknown, at: Path): string => {
    if (!isObject(value)) return JSON.stringify(value);
    const members = Object.entries(value).map(([key, child]) => {
      const here = [...at, key];
      const text = render(child, here);
      return dotted(here) === dotted(path)
        ? write(JSON.stringify(key), text)
        : `${JSON.stringify(key)}:${text}`;
    });
    return `{${members.join()}}`;
  };
  return render(whole, []);
};

/** JSON of values that fit nowhere; each is longer, deeper or odder than anything a key takes. */
const nowhere: Readonly<Record<string, string>> = {
  null: 'null',
  'a nested array': '[[[]]]',
  'an odd object': '{"toString":"x","constructor":{"prototype":1}}',
  'a prototype': '{"__proto__":{"polluted":true}}',
  'a deep array': `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  'a deep object': `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  'an endless number': '9'.repeat(100_000),
  'an infinite number': '-1e400',
  'half a character': '"\\ud800"',
  'a wide array': `[${'0,'.repeat(100_000)}0]`,
  'a wide object': `{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":1`).join()}}`,
};

const misplaced = (): Hostile[] =>
  keyPaths.flatMap((path) =>
    Object.entries(nowhere).map(([name, json]) => ({
      name: `${name} as ${dotted(path)}`,
      text: textWith(path, (key) => `${key}:${json}`),
      path: dotted(path),
    })),
  );

const twice = (): Hostile[] =>
  keyPaths.map((path) => ({
    name: `${dotted(path)} twice`,
    text: textWith(path, (key, value) => `${key}:${value},${key}:${value}`),
    path: `${dotted(path)}: stands there twice`,
  }));

const prototypeNames = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

/** Names that every object has, where there is no such key. */
const prototypes = (): Hostile[] =>
  keyPaths
    .filter((path) => path.at(-1) !== 'fields' && path.at(-2) !== 'fields' && path.length < 4)
    .flatMap((path) =>
      prototypeNames.map((name) => ({
        name: `${name} beside ${dotted(path)}`,
        text: textWith(path, (key, value) => `"${name}":{"polluted":true},${key}:${value}`),
        path: dotted(path.slice(0, -1)) || (name === '__proto__' ? name : 'manifest'),
      })),
    );

const at = (path: string, values: readonly unknown[]): Hostile[] =>
  values.map((value) => ({
    name: `${JSON.stringify(value).slice(0, 60)} as ${path}`,
    text: textWith(path.split('.'), (key) => `${key}:${JSON.stringify(value)}`),
    path,
  }));

const outside = [
  '/etc/passwd',
  '../secrets/',
  'data/../runs/',
  'data/streams/../../runs/',
  'data/./',
  'data/%2e%2e/runs/',
  'data/streams/%2E/%2e%2E/',
  'data/..\\..\\runs/',
  'data/str\0eams/',
  'data/str\neams/',
  'data//',
  'data/streams#repair/',
  'runs/',
  'lake/',
  's3://other/data/',
  'file:///etc/',
  `data/${'a'.repeat(1000)}/`,
];

const patterns = [
  '(a{1000}){1000}',
  '((a{10}){10}){10}',
  'a{1000}'.repeat(140),
  `(?:${'a'.repeat(900)}){1000}`,
  '(?:.?){1000}c',
  '.{0,1000}'.repeat(10),
  '((((((((((x{2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}',
  '(?=a)b',
  '(a)\\1',
  '(?<!a)b',
  '['.repeat(1000),
  '('.repeat(1000),
  '*',
  'a**',
  'a{2,1}',
  '\\',
  '\\p{Klingon}',
  'x'.repeat(1001),
  '',
];

const types = [
  'INT',
  'decimal',
  'decimal(0,0)',
  'decimal(39,2)',
  'decimal(3,4)',
  'decimal(1e1,1)',
  'int\0',
  'array',
  'object Object',
];
const sizes = [-1, 1.5, 1e20, 1e308, '1', true, []];

const violations = (): Hostile[] => [
  ...at('directory', [...outside, 'data/archive/', 'data/quarantine/', 'data/archive/x/']),
  ...at('schema.validation.quarantine_path', [
    ...outside,
    'data/streams',
    'data/quarantine/..',
    'data/quarantine/.x',
    'data/quarantine/%2e%2e',
    'data/quarantinex',
  ]),
  ...at('schema.name_pattern', patterns),
  ...at('schema.fields.note.pattern', patterns),
  ...at('schema.fields.note.type', types),
  ...at('schema.extension', [
    'csv',
    '..csv',
    '.csv/',
    '.',
    '.c sv',
    '../x.csv',
    '.csv\0',
    '.zst',
    `.${'a.'.repeat(50_000)}`,
  ]),
  ...at('schema.delimiter', ['', ',,', '\0', '\n', 'é', '"', '\u{1F600}']),
  ...at('schema.encoding', ['latin1', 'utf-16', 'UTF_8', '']),
  ...['max_rows', 'max_bytes', 'max_row_bytes'].flatMap((key) => at(`schema.${key}`, [0, ...sizes])),
  ...['min_length', 'max_length'].flatMap((key) => at(`schema.fields.note.${key}`, sizes)),
  ...at('schema.fields.code.length', sizes),
  ...at('schema.fields.user_id.min', ['', 'x', '1e3', '9'.repeat(100_000), '0x10', ' 1', '١', 1.5, true]),
  ...at('schema.fields.user_id.one_of', [[], ['x'], [true], [''], Array(10_001).fill(1)]),
  ...at('schema.fields.at.format', ['YYYY', 'YYYY-MM-DD', '', '%Y', '(a*)*b']),
  ...at('schema.key', [
    [],
    ['__proto__'],
    ['constructor'],
    ['note'],
    ['user_id', 'user_id'],
    'user_id',
    [1],
    Array(33).fill('user_id'),
  ]),
  ...at('schema.validation.max_bad_share', [-0.1, 1.1, '0.5', 1e308]),
];

const fieldNames = [
  '',
  ' id',
  'id\t',
  'a\0b',
  '\u0085',
  'landed_file',
  'BATCH_ID',
  'USER_ID',
  'n'.repeat(129),
  'n'.repeat(500_000),
];

const fields = (): Hostile[] =>
  fieldNames.map((name) => ({
    name: `a field ${JSON.stringify(name).slice(0, 40)}`,
    text: textWith(
      ['schema', 'fields', 'note'],
      (key, value) => `${JSON.stringify(name)}:{"type":"int"},${key}:${value}`,
    ),
    path: 'schema.fields',
  }));

/** A megabyte of what is no manifest. */
const junk = (): Hostile[] =>
  [
    'x',
    '"',
    '\\"',
    '{',
    '[',
    '"\\',
    '""',
    '{"a":',
    '0',
    '-',
    '\0',
    ' ',
    '\u{1F600}',
    '"\\u0000',
    '"a",',
    ']}',
  ].map((part) => ({
    name: `a megabyte of ${JSON.stringify(part)}`,
    text: part.repeat(Math.floor(2 ** 20 / Buffer.byteLength(part))),
    path: '',
  }));

/** As much work as a megabyte can ask for. */
const heavy = (): Hostile[] =>
  [
    [
      'fields with patterns of their own',
      (index: number) => `{"type":"string","pattern":"${'((a*)*)*'.repeat(100)}${index}"}`,
      1000,
    ],
    [
      'fields with broken patterns',
      (index: number) => `{"type":"string","pattern":"${'('.repeat(500)}${index}"}`,
      1900,
    ],
    [
      'fields with little patterns',
      (index: number) => `{"type":"string","pattern":"[a-z]{${index % 1000}}${index}"}`,
      1900,
    ],
    ['fields of no type', () => '{}', 1900],
    ['fields of odd types', () => `{"type":"${'decimal('.repeat(50)}","min":[],"max":{}}`, 1900],
    ['fields with long lists', () => `{"type":"int","one_of":[${'[],'.repeat(9000)}[]]}`, 30],
  ].map(([name, field, count]) => ({
    name: String(name),
    text: textWith(['schema', 'fields'], (key) => {
      const write = typeof field === 'function' ? field : () => '';
      return `${key}:{${Array.from({ length: Number(count) }, (_, index) => `"f${index}":${write(index)}`).join()}}`;
    }),
    path: 'schema',
  }));

/** All of them. */
export const hostileManifests = (): Hostile[] => [
  ...misplaced(),
  ...twice(),
  ...prototypes(),
  ...violations(),
  ...fields(),
  ...junk(),
  ...heavy(),
];
