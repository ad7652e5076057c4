import type { Manifest } from '../../../functions/validation/manifest/manifest.ts';
import { manifestOf, streamsFields } from './fixture.ts';

const rows = (limits: object = {}) => ({ validation: { on_error: 'quarantine_rows', ...limits } });
const text = { type: 'string' };

const everyType = {
  whole: { type: 'int' },
  name: text,
  real: { type: 'float' },
  amount: { type: 'decimal(10,2)' },
  flag: { type: 'bool' },
  day: { type: 'date' },
  moment: { type: 'timestamp' },
  called: { type: 'timestamptz' },
};

const limits = {
  count: { type: 'int', min: 0, max: 100, required: true },
  wide: { type: 'int', min: '-9223372036854775808', max: '9223372036854775806' },
  share: { type: 'float', min: 0, max: 1 },
  price: { type: 'decimal(8,3)', min: '0.005', max: '99.99' },
  exact: { type: 'decimal(38,0)' },
  small: { type: 'decimal(2,2)' },
  since: { type: 'date', min: '2000-02-29', max: '2024-06-25' },
  until: { type: 'timestamp', min: '2000-01-01 00:00:00', max: '2024-06-25 17:43:13' },
  code: { type: 'string', length: 3, required: true },
  from_utc: { type: 'timestamptz', min: '2000-01-01T00:00:00+02:00', max: '2024-06-25 17:43:13Z' },
  title: { type: 'string', min_length: 2, max_length: 5 },
};

const choices = {
  country: { type: 'string', pattern: '[A-Z]{2}|x', required: true },
  level: { type: 'int', one_of: [0, 1, 42] },
  kind: { type: 'string', one_of: ['abc', 'x', '東京'] },
  id: { type: 'int', pattern: '[0-9]{1,3}' },
  fraction: { type: 'float', one_of: ['0.5', '12'] },
  mail: { type: 'string', pii: true, max_length: 4 },
};

const formats = [
  'YYYY-MM-DD HH:mm:ss',
  'YYYY-MM-DD HH:mm:ss[.ffffff]',
  'YYYY-MM-DDTHH:mm:ss',
  'YYYY-MM-DDTHH:mm:ss[.ffffff]',
  'YYYY-MM-DDTHH:mm:ssZ',
  'YYYY-MM-DDTHH:mm:ss[.ffffff]Z',
];
const times = Object.fromEntries(formats.map((format, at) => [`t${at}`, { type: 'timestamp', format }]));

const keyed = {
  flag: { type: 'bool', required: true },
  amount: { type: 'decimal(10,2)', required: true },
  moment: { type: 'timestamp', format: 'YYYY-MM-DD HH:mm:ss[.ffffff]', required: true },
  real: { type: 'float', required: true },
  name: { type: 'string', required: true },
};

const schemas: Readonly<Record<string, Record<string, unknown>>> = {
  streams: {},
  'streams, row by row': rows(),
  'every type': { fields: everyType, ...rows() },
  'every type, whole files': { fields: everyType },
  'every timestamp': { fields: times, ...rows() },
  limits: { fields: limits, ...rows() },
  'patterns, choices and personal data': { fields: choices, ...rows() },
  'pipes and single quotes': { fields: everyType, delimiter: '|', quote: "'", ...rows() },
  'tabs and backticks': { fields: everyType, delimiter: '\t', quote: '`', ...rows() },
  semicolons: { fields: limits, delimiter: ';', ...rows() },
  'blanks and digits': { fields: { a: text, b: { type: 'int' } }, delimiter: ' ', quote: '1', ...rows() },
  'one column': { fields: { only: { type: 'int' } }, ...rows() },
  'one text': { fields: { only: text } },
  'columns that nobody named': {
    fields: everyType,
    unknown_fields: 'text',
    fields_required: false,
    ...rows(),
  },
  'columns that are ignored': { unknown_fields: 'ignore', ...rows() },
  'columns under other names': {
    fields: {
      row: { from: 'column 1', type: 'int' },
      user_id: { from: 'User ID', type: 'int', required: true },
      name: { from: ' "Name"\n', type: 'string', max_length: 4 },
      track_id: { from: 'Κομμάτι', type: 'string' },
    },
    key: ['user_id'],
    on_duplicate: 'last',
    unknown_fields: 'text',
    fields_required: false,
  },
  'columns under other names, whole files': {
    fields: {
      user_id: { from: 'User ID', type: 'int' },
      mail: { from: 'E-mail', type: 'string', pii: true },
    },
  },
  'short rows': { fields: everyType, max_row_bytes: 100, ...rows() },
  'rows of sixty bytes': { fields: { name: text, whole: { type: 'int' } }, max_row_bytes: 60 },
  'few invalid rows': { fields: everyType, ...rows({ max_bad_rows: 1, max_bad_share: 0.2 }) },
  'few rows': { max_rows: 5, ...rows({ on_empty: 'reject' }) },
  'few bytes': { fields: streamsFields, max_bytes: 300, ...rows() },
  'the first of each key': { fields: keyed, key: ['flag', 'amount'], on_duplicate: 'first', ...rows() },
  'the last of each key': { fields: keyed, key: ['moment'], on_duplicate: 'last' },
  'no moment twice': {
    fields: { called: { type: 'timestamptz', required: true }, name: text },
    key: ['called'],
    on_duplicate: 'last',
    ...rows(),
  },
  'no key twice': { fields: keyed, key: ['real'], ...rows({ max_bad_share: 0.5 }) },
  'no key twice, whole files': { fields: keyed, key: ['name', 'moment', 'flag'], on_duplicate: 'reject' },
};

/** Manifests under which the same files are dirty in different ways, by name. */
export const dirtyManifests: ReadonlyMap<string, Manifest> = new Map(
  Object.entries(schemas).map(([name, schema]) => [name, manifestOf(schema)]),
);
