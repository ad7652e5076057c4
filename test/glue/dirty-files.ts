import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { ManifestJson } from '../functions/engine/validated.ts';

/** Files that no one would write by hand and every validator accepts. */

const fields = {
  n: { type: 'int' },
  name: { type: 'string' },
  note: { type: 'string' },
  seen: { type: 'timestamp', format: 'YYYY-MM-DD HH:mm:ss[.ffffff]' },
  price: { type: 'decimal(10,2)' },
  share: { type: 'float' },
  flag: { type: 'bool' },
  day: { type: 'date' },
};
type Column = keyof typeof fields | 'zip';

/** The silver SQL of such files; portable. */
export const dirtySql = `select cast(n as bigint) as n, cast(name as varchar(65535)) as name, cast(note as varchar(65535)) as note,
  cast(seen as timestamp) as seen, cast(price as decimal(10, 2)) as price, cast(share as DOUBLE) as share, cast(flag as boolean) as flag,
  cast(day as date) as day, cast(unknown_fields as varchar(65535)) as unknown_fields, cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version, cast(landed_at as timestamp) as landed_at, cast(batch_id as varchar(128)) as batch_id
from landed_people`;

export const dirtyColumns: readonly string[] = [
  ...Object.keys(fields),
  ...['unknown_fields', 'landed_file', 'landed_version', 'landed_at', 'batch_id'],
];

export type DirtyBatch = { readonly json: ManifestJson; readonly files: readonly DirtyFile[] };
export type DirtyFile = { readonly ending: string; readonly body: Buffer };

const headers: readonly (readonly Column[])[] = [
  ['n', 'name', 'note', 'seen', 'price', 'share', 'flag', 'day'],
  ['note', 'zip', 'n', 'share', 'name', 'price'],
  ['name', 'note'],
  ['note'],
];

const pieces = [
  ...[
    'a',
    'B7',
    '0',
    ' ',
    '  ',
    '"',
    '""',
    "'",
    '\\',
    '\\n',
    '\n',
    '\r',
    '\r\n',
    '\t',
    ',',
    ';',
    '|',
    '#',
    '-',
  ],
  ...[
    'é',
    '日本',
    '😀',
    '👩‍👩‍👧',
    '\u2028',
    '\u0085',
    '\u00a0',
    '\ufeff',
    '\u0001',
    '\u001f',
    '\u007f',
    'NULL',
    'null',
    '\\N',
  ],
  ...['1.10', '=1+1', '{"a":1}', '$1', '\u0301', 'x'.repeat(300)],
];
const dirtyText = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((all) => all.join(''));
const digits = (value: number, width: number) => String(value).padStart(width, '0');
const dayText = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, day]) => `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`);
const moment = fc
  .tuple(
    dayText,
    fc.integer({ min: 0, max: 86_399 }),
    fc.option(fc.integer({ min: 0, max: 999_999 }), { nil: undefined }),
  )
  .map(([day, second, micro]) => {
    const time = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map((part) =>
      digits(part, 2),
    );
    return `${day} ${time.join(':')}${micro === undefined ? '' : `.${digits(micro, 6)}`}`;
  });
const cents = fc.integer({ min: -9_999_999_999, max: 9_999_999_999 });

const values: Readonly<Record<Column, fc.Arbitrary<string>>> = {
  n: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  name: dirtyText,
  note: dirtyText,
  zip: dirtyText,
  seen: moment,
  price: cents.map(
    (all) => `${all < 0 ? '-' : ''}${Math.floor(Math.abs(all) / 100)}.${digits(Math.abs(all) % 100, 2)}`,
  ),
  share: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  flag: fc.constantFrom('true', 'false'),
  day: dayText,
};

/** A field as it may be written; quoted where it must be, or just so. */
type Field = { readonly text: string; readonly isQuoted: boolean };
const field = (column: Column): fc.Arbitrary<Field> =>
  fc.record({
    text: fc.oneof({ weight: 4, arbitrary: values[column] }, { weight: 1, arbitrary: fc.constant('') }),
    isQuoted: fc.boolean(),
  });

const file = (delimiter: string, quote: string): fc.Arbitrary<DirtyFile> =>
  fc
    .constantFrom(...headers)
    .chain((header) =>
      fc.record({
        header: fc.constant(header),
        rows: fc.array(fc.tuple(...header.map(field)), { maxLength: 12 }),
        ends: fc.constantFrom(['\n'], ['\n'], ['\r\n'], ['\n', '\r\n']),
        isPlain: fc.boolean(),
        hasMark: fc.boolean(),
        isCompressed: fc.boolean(),
        hasLastEnd: fc.boolean(),
      }),
    )
    .map(({ header, rows, ends, isPlain, hasMark, isCompressed, hasLastEnd }) => {
      const write = ({ text, isQuoted }: Field): string => {
        const kept = isPlain ? text.replace(/[\r\n]/g, '') : text;
        const must = [delimiter, quote, '\n', '\r'].some((special) => kept.includes(special));
        return must || isQuoted ? quote + kept.replaceAll(quote, quote + quote) + quote : kept;
      };
      // A line without anything on it is rejected.
      const lines = [
        header.join(delimiter),
        ...rows.map((row) => row.map(write).join(delimiter) || quote + quote),
      ];
      const written = lines.map((line, at) => {
        const end = at === lines.length - 1 && !hasLastEnd ? '' : (ends[at % ends.length] ?? '\n');
        return `${line}${end}`;
      });
      const body = Buffer.from(`${hasMark ? '\ufeff' : ''}${written.join('')}`);
      return isCompressed ? { ending: '.csv.gz', body: gzipSync(body) } : { ending: '.csv', body };
    });

/** Some dozens of files under one manifest. */
export const dirtyBatch: fc.Arbitrary<DirtyBatch> = fc
  .tuple(fc.constantFrom(',', ',', '\t', ';', '|', ' ', '\\', '#'), fc.constantFrom('"', '"', "'"))
  .chain(([delimiter, quote]) =>
    fc.record({
      json: fc.constant({
        version: '1',
        directory: 'data/people/',
        schema: {
          extension: '.csv',
          unknown_fields: 'text',
          fields_required: false,
          delimiter,
          quote,
          fields,
        },
      }),
      files: fc.array(file(delimiter, quote), { minLength: 20, maxLength: 40 }),
    }),
  );
