import fc from 'fast-check';
import { zonedMoments } from '../../sql/macros/zoned-moments.ts';
import type { Cell, Format } from './tables.ts';

/** What the values of a generated column are. */
export const kinds = [
  ...([
    'text',
    'word',
    'code',
    'uuid',
    'int',
    'long',
    'decimal',
    'float',
    'bool',
    'flag',
    'date',
    'timestamp',
    'zoned',
  ] as const),
  'null_word',
] as const;
export type Kind = (typeof kinds)[number];

const words = [
  '0012',
  'true',
  'N',
  'NULL',
  'NaN',
  '-',
  '2020-01-01',
  '2020-02-30',
  '1,5',
  '-0',
  'a"b',
  "it's",
  '1e5',
  ' ',
];

const padded = (number: number, width: number): string => String(number).padStart(width, '0');

const day = fc
  .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10).padStart(10, '0'));
const usualDay = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

const clock = fc.integer({ min: 0, max: 86_399 }).map((seconds) => {
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${padded(hour, 2)}:${padded(minute, 2)}:${padded(seconds % 60, 2)}`;
});

const moment = (style: string): fc.Arbitrary<string> => {
  const [separator = ' ', fraction = '', zone = ''] = style.split('_');
  const part =
    fraction === ''
      ? fc.constant('')
      : fc
          .integer({ min: 0, max: 10 ** fraction.length - 1 })
          .map((number) => `.${padded(number, fraction.length)}`);
  return fc
    .tuple(fc.oneof(usualDay, day), clock, part)
    .map(([date, time, rest]) => `${date}${separator}${time}${rest}${zone}`);
};

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('a', 'é', '😀', ' ', '"', "'", '\\', ',', ';', '\n', '\t', '|', '0'),
    maxLength: 12,
  }),
  fc.string({ minLength: 200, maxLength: 400 }),
);

const scaled = (digits: number, scale: number): fc.Arbitrary<string> =>
  fc.bigInt({ min: -(10n ** BigInt(digits)) + 1n, max: 10n ** BigInt(digits) - 1n }).map((number) => {
    const sign = number < 0n ? '-' : '';
    const all = String(number < 0n ? -number : number).padStart(scale + 1, '0');
    return scale === 0 ? sign + all : `${sign}${all.slice(0, -scale)}.${all.slice(-scale)}`;
  });

/** A single-precision number as its shortest digits. */
const single = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => {
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].find(
    (one) => Math.fround(Number(value.toPrecision(one))) === value,
  );
  return String(Number(value.toPrecision(digits ?? 9)));
});

/** Values of one column, all of one kind and, where there are several ways, written in one. */
const valuesOf = (kind: Kind, format: Format): fc.Arbitrary<fc.Arbitrary<string>> => {
  switch (kind) {
    case 'text':
      return fc.constant(
        text.filter((one) => !one.includes('\0') && !(format === 'csv' && one.includes('\r'))),
      );
    case 'word':
      return fc.constant(fc.constantFrom(...words));
    case 'code':
      return fc
        .constantFrom('ACC-', 'x', 'DE', '00')
        .map((prefix) => fc.nat({ max: 999_999 }).map((at) => `${prefix}${padded(at, 6)}`));
    case 'uuid':
      return fc.constant(fc.uuid());
    case 'int':
      return fc
        .constantFrom([0, 99], [-1000, 1000], [1, 2_000_000_000])
        .map(([min = 0, max = 9]) => fc.integer({ min, max }).map(String));
    case 'long':
      return fc.constant(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String));
    case 'decimal':
      return fc
        .constantFrom([4, 2], [12, 2], [17, 4], format === 'parquet' ? [38, 9] : [42, 6], [30, 6])
        .map(([digits = 4, scale = 2]) => scaled(digits, scale));
    case 'float':
      return fc.constantFrom(single, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String));
    case 'bool':
      return fc.constant(fc.constantFrom('true', 'false'));
    case 'flag':
      return fc.constant(fc.constantFrom('0', '1'));
    case 'date':
      return fc.constantFrom(day, usualDay);
    case 'timestamp':
      return fc
        .constantFrom(
          ...(format === 'parquet'
            ? [' _000', ' _000000']
            : [' ', 'T', 'T__Z', ' _000', 'T_000000', 'T_000_Z']),
        )
        .map(moment);
    case 'zoned':
      return fc.constant(zonedMoments.map(({ text: zoned }) => zoned));
    case 'null_word':
      return fc
        .constantFrom('NULL', '\\N', 'n/a')
        .map((word) =>
          fc.oneof(
            { weight: 1, arbitrary: fc.constant(word) },
            { weight: 4, arbitrary: fc.integer({ min: 1, max: 9999 }).map(String) },
          ),
        );
  }
};

/** Cells by row and item, none of them empty, some of them, or all. */
export const columnCells = (kind: Kind, format: Format, counts: readonly number[]): fc.Arbitrary<Cell[][]> =>
  fc.tuple(valuesOf(kind, format), fc.constantFrom(0, 0, 0.3, 0.3, 1)).chain(([values, empty]) => {
    const cell: fc.Arbitrary<Cell> =
      empty === 0
        ? values
        : empty === 1
          ? fc.constant(null)
          : fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 7, arbitrary: values });
    return fc.tuple(...counts.map((count) => fc.array(cell, { minLength: count, maxLength: count })));
  });
