import type { Field, FieldType } from '../../../functions/validation/fields/field.ts';
import { brokenRule } from './fields/reference.ts';

type Kind = FieldType['kind'];

/** Values of each type as files mean them, the usual ones first. */
const usual: Readonly<Record<Kind, readonly string[]>> = {
  int: ['26213', '7', '0', '-12', '42', '9223372036854775807', '-9223372036854775808', '-0', '100'],
  float: ['0.676', '-6.746', '12', '1.01e-06', '0', '119.949', '5e-324', '0.1', '-0.0', '1E5', '12.0'],
  decimal: ['1.25', '0', '-0.05', '12.5', '7', '99.99', '12.50'],
  bool: ['True', 'false', 'TRUE'],
  string: [
    '4dBa8T7oDV9WvGr7kVS4Ez',
    'abc',
    'Motörhead',
    'x',
    '東京',
    '😀',
    ' a ',
    '0012',
    "it's",
    'a;b|c\td',
  ],
  date: ['2024-06-25', '2024-02-29', '0001-01-01', '9999-12-31', '2000-02-29'],
  timestamp: ['2024-06-25 17:43:13', '2024-02-29 00:00:00', '1999-12-31 23:59:59', '2024-12-01 09:08:07'],
  timestamptz: [
    '2024-06-25T17:43:13+02:00',
    '2024-06-25 15:43:13Z',
    '2024-02-29T00:00:00.25-0330',
    '1999-12-31 23:59:59+14',
    '2024-06-25T17:43:13.000+02',
  ],
};

/** Numbers that look right to a person, to a spreadsheet or to another parser. */
const disguisedNumbers: readonly string[] = [
  ...'0012 00 -00 +1 1_000 1,000 1e3 1E3 0x1F 0b1 1. .5 1.0 - --1 -.5 1..2 1.2.3 1e e5 1e+'.split(' '),
  ...'1e400 -1e400 1e-400 0e0 0.0e-999 1.5e3 0.5 -0.5 0.50 00.5 -00.5 100.00 0.0000001'.split(' '),
  ...'12345678.12 123456789.12 1.123 9223372036854775806 9223372036854775807 9223372036854775808'.split(' '),
  ...'-9223372036854775807 -9223372036854775808 -9223372036854775809 18446744073709551616'.split(' '),
  ...[17, 18, 19, 20, 38, 39, 400].flatMap((length) => ['9'.repeat(length), `-${'1'.repeat(length)}`]),
  ...'١٢ １２ 1２ ² −1 1\u00a0 \u200b1 \ufeff1 1\u0301 Ⅻ १ ٣٫٥ NaN nan inf Infinity -Infinity null'.split(
    ' ',
  ),
  ...'NULL None \\N 1f 1d 1L 1n $1 1% (1) 1- O l2 1/2 12: 12; /1 :1 0 -0 1- 1-2'.split(' '),
  ...[' 1', '1 ', '\t1', '1\v', '1\f', '1 000'],
];

const disguisedDays: readonly string[] = [
  ...'2023-02-29 1900-02-29 2100-02-29 2024-02-30 2024-04-31 2024-06-31 2024-09-31 2024-11-31'.split(' '),
  ...'2024-00-10 2024-13-01 2024-06-00 2024-06-32 2024-99-99 0000-01-01 0000-12-31 0001-01-01'.split(' '),
  ...'24-06-25 2024-6-25 2024-06-5 2024/06/25 2024.06.25 20240625 25-06-2024 -024-06-25'.split(' '),
  ...'2024-06-25Z 2024-06-25+00:00 +2024-06-25 12024-06-25 ２０２４-06-25 2024-٠6-25 2024–06–25'.split(' '),
  ...'2024-06-2/ 2024-06-2: 2024-0:-01 2024-1/-01 2024-12-31 2024-01-31 2024-W26-2 2024-06-25T'.split(' '),
  ...['2024-06-25 ', ' 2024-06-25', '2000-02-29', '2400-02-29', '2200-02-29'],
];

const disguisedTimes: readonly string[] = [
  ...'24:00:00 23:59:60 23:60:00 25:00:00 99:99:99 1:02:03 01:2:03 01:02:3 01:02 01 -1:00:00'.split(' '),
  ...'00:00:0: 00:00:0/ 0:000:00 01.02.03 01:02:03. 01:02:03.1 01:02:03.123456 01:02:03.1234567'.split(' '),
  ...'01:02:03,5 01:02:03Z 01:02:03+00:00 01:02:03.5Z 01:02:03z 01:02:0３ ２3:00:00 00:00:00'.split(' '),
  ...'23:59:59 19:59:59 20:00:00 01:02:03.000000 01:02:03.0Z 01:02:03.12345x 01:02:03.-1'.split(' '),
  ...['', '01:02:03 ', '01:02:03 AM', '01:02:03. 1'],
];

const disguises: Readonly<Record<Kind, readonly string[]>> = {
  int: disguisedNumbers,
  float: disguisedNumbers,
  decimal: disguisedNumbers,
  bool: [
    'true ',
    ' true',
    'tRUE',
    'trUe',
    'yes',
    't',
    '1',
    '0',
    'Т',
    'Falsе',
    'FALSEE',
    'fals',
    'ｔrue',
    'null',
  ],
  string: [
    '',
    ' ',
    '\u0000'.slice(1),
    '\ufeff',
    '\u2028',
    'e\u0301',
    '👩‍👩‍👧',
    '\u{10ffff}',
    '\ufffd',
    'a'.repeat(99),
    'ab'.repeat(300),
    ...['"', '""', 'a"', 'ab"', '"""', 'é"é', 'abcd"', 'abcde"', '\n', 'a\n'],
  ],
  date: [...disguisedDays, '2024-06-25 00:00:00'],
  timestamp: [
    ...disguisedDays.map((day) => `${day} 17:43:13`),
    ...disguisedTimes.map((time) => `2024-06-25 ${time}`),
    ...[
      '2024-06-25',
      '2024-06-25  01:02:03',
      '2024-06-25_01:02:03',
      '2024-06-25t01:02:03',
      '1719337393',
      '2016-12-31 23:59:60',
    ],
  ],
  timestamptz: [
    ...disguisedDays.map((day) => `${day}T17:43:13Z`),
    ...disguisedTimes.flatMap((time) => [`2024-06-25 ${time}`, `2024-06-25T${time}+02:00`]),
    ...'+14:01 -14:00 +15 +2 +02: +2:00 +020 +02:60 +02:000 -00:00 ±01:00 z ZZ +01Z UTC [Europe/Rome]'
      .split(' ')
      .map((zone) => `2024-06-25T17:43:13${zone}`),
    ...'0001-01-01T00:00:00+00:01 0001-01-01T00:01:00+00:01 9999-12-31T23:59:59-00:01'.split(' '),
  ],
};

/** Writes a moment the way a format has it, whatever the moment is. */
const inFormat = (format: string, moment: string): string => {
  const separated = format.includes('T') ? moment.replace(' ', 'T') : moment;
  return format.endsWith('Z') ? `${separated}Z` : separated;
};

const valuesOf =
  (source: Readonly<Record<Kind, readonly string[]>>) =>
  ({ type }: Field): readonly string[] =>
    source[type.kind].map((value) => (type.kind === 'timestamp' ? inFormat(type.format, value) : value));

/** Values that a field may have, the usual ones first. */
export const rightValues = (field: Field): readonly string[] =>
  [...valuesOf(usual)(field), ...limitsOf(field)].filter((value) => brokenRule(field, value) === undefined);

const limitsOf = ({ one_of = [], min, max }: Field): readonly string[] =>
  [...one_of, min, max].filter((value) => value !== undefined);

/** Values that are nearly what the type of a field asks for, and some that are exactly that. */
export const disguisedValues = (field: Field): readonly string[] => [
  ...valuesOf(disguises)(field),
  ...limitsOf(field).flatMap((limit) => [limit, `${limit} `, `${limit}0`, `0${limit}`, limit.slice(1)]),
];
