import { timestampFormats } from '../../../../functions/validation/fields/time.ts';

/** A text, and whether it is a value of the type; a `timestamp` is followed by its format. */
export type ConformanceCase = {
  readonly type: string;
  readonly text: string;
  readonly isValue: boolean;
  readonly why: string;
};

/** Texts by the reason for which they are values, or are none. */
type Texts = Readonly<Record<string, readonly string[]>>;

const casesOf = (type: string, values: Texts, others: Texts): readonly ConformanceCase[] => [
  ...listed(type, true, values),
  ...listed(type, false, { ...others, ...around(Object.values(values)[0]?.[0] ?? '') }),
];

const listed = (type: string, isValue: boolean, texts: Texts): readonly ConformanceCase[] =>
  Object.entries(texts).flatMap(([why, some]) => some.map((text) => ({ type, text, isValue, why })));

/** What makes any value none. */
const around = (value: string): Texts => ({
  empty: [''],
  'a blank around it': [` ${value}`, `${value} `, `\t${value}`, `${value}\u00a0`, `\u2003${value}`, ' '],
  'a line break behind it': [`${value}\n`, `${value}\r\n`, `${value}\u2028`],
  'a mark or a NUL around it': [`\uFEFF${value}`, `${value}\u200b`, `${value}\0`, `\0${value}`],
  'quotes around it': [`"${value}"`, `'${value}'`],
  'very long': [`${value}${' '.repeat(5000)}`, `${'x'.repeat(5000)}${value}`],
  'letters behind it': [`${value}x`, `${value}é`, `${value}😀`],
  'digits that are not ASCII': ['１', '٣', '१'].map((digit) => value.replace(/[0-9]|u/, digit)),
});

const nines = (count: number): string => '9'.repeat(count);
const zeros = (count: number): string => '0'.repeat(count);

const ints = casesOf(
  'int',
  {
    'plain digits': ['12', '7', '1000', '123456789012345678', nines(18)],
    'zero, also with a sign': ['0', '-0'],
    negative: ['-1', '-12', `-${nines(18)}`],
    'nineteen digits that fit into 64 bits': ['1000000000000000000', '9223372036854775806'],
    'the bounds of 64 bits': ['9223372036854775807', '-9223372036854775808'],
  },
  {
    'a sign that is not one minus': ['+1', '--1', '-', '+', '-+1', '1-', '−1', '- 1', '‐1'],
    'zeros before it': ['01', '-01', '00', '-00', '0012', `${zeros(30)}1`],
    'a point or an exponent': ['1.0', '1.', '.5', '0.0', '1e3', '1E3', '1e0', '-1.5'],
    'one more than the bounds of 64 bits': ['9223372036854775808', '-9223372036854775809'],
    'beyond 64 bits': [nines(19), `-${nines(19)}`, '18446744073709551615', '18446744073709551616', nines(20)],
    'far beyond 64 bits': [nines(21), nines(200), nines(5000), `-${nines(5000)}`, `1${zeros(40)}`],
    'digits in groups, or of another base': ['1_000', '1,000', "1'000", '1 000', '0x1', '0b1', '0o7', '1n'],
    'no number': ['NaN', 'Infinity', 'null', 'abc', 'true', '2024-01-01'],
  },
);

const decimalForms: Texts = {
  'a sign that is not one minus': ['+1', '--1', '-', '+', '1-', '−1'],
  'zeros before it': ['01', '-01', '00', '00.5', '-00.5'],
  'no digit before the point, or none behind it': ['.5', '-.5', '1.', '-1.', '.', '-.', '0.'],
  'two points, or a comma': ['1.2.3', '1..2', '1,5', '1,000'],
  'an exponent': ['1e2', '1E2', '1e', '0e0', '1.5e1'],
  'no number': ['NaN', 'inf', 'x', '0x1'],
};

const decimals = [
  ...casesOf(
    'decimal(10,2)',
    {
      'as many digits as it has': [
        '1.5',
        '12345678',
        '12345678.12',
        '-12345678.12',
        nines(8),
        `${nines(8)}.99`,
      ],
      'zero, also with a sign': ['0', '-0', '0.0', '0.00', '-0.00'],
      'small ones': ['0.05', '-0.05', '0.10', '1', '-1'],
    },
    {
      ...decimalForms,
      'too many digits before the point': [
        '123456789',
        '-123456789.1',
        nines(40),
        nines(5000),
        `1${zeros(8)}`,
      ],
      'too many digits behind the point': ['1.123', '0.000', '-1.001', `0.${nines(40)}`, `1.${zeros(5000)}`],
    },
  ),
  ...casesOf(
    'decimal(2,2)',
    { 'only a zero before the point': ['0.12', '-0.99', '0', '-0', '0.1', '0.00'] },
    {
      ...decimalForms,
      'a digit before the point': ['1', '1.0', '-9.99', '10'],
      'too many digits': ['0.123'],
    },
  ),
  ...casesOf(
    'decimal(18,9)',
    {
      'digits that fit into 64 bits': [`${nines(9)}.${nines(9)}`, `-${nines(9)}.${nines(9)}`, '0.000000001'],
    },
    { ...decimalForms, 'too many digits': [nines(10), `0.${nines(10)}`, `1${zeros(9)}`] },
  ),
  ...casesOf(
    'decimal(18,18)',
    { 'eighteen digits behind the point': [`0.${nines(18)}`, `-0.${nines(18)}`, '0', '0.5'] },
    { ...decimalForms, 'too many digits': ['1', '1.5', `0.${nines(19)}`] },
  ),
  ...casesOf(
    'decimal(19,0)',
    { 'nineteen digits, beyond 64 bits too': ['1', nines(19), `-${nines(19)}`, '9223372036854775808'] },
    { ...decimalForms, 'a point': ['1.0', '0.0'], 'too many digits': [nines(20)] },
  ),
  ...casesOf(
    'decimal(38,0)',
    { 'all 38 digits': [nines(38), `-${nines(38)}`, '0', '-1', `1${zeros(37)}`] },
    { ...decimalForms, 'a point': ['1.0', '0.0'], 'too many digits': [nines(39), `1${zeros(38)}`] },
  ),
  ...casesOf(
    'decimal(38,38)',
    { 'all 38 digits': [`0.${nines(38)}`, `-0.${nines(38)}`, '0', `0.${zeros(37)}1`] },
    { ...decimalForms, 'too many digits': ['1', `0.${nines(39)}`] },
  ),
];

const floats = casesOf(
  'float',
  {
    'a point': ['12.5', '0.676', '-6.746', '0.0', '0.30000000000000004', '123456789.123456789'],
    'whole numbers': [
      '0',
      '-0',
      '12',
      '-12',
      nines(15),
      nines(16),
      nines(17),
      '9007199254740993',
      nines(308),
    ],
    'an exponent of either case, with any sign': [
      '1e5',
      '1E5',
      '1e+5',
      '1.5E+10',
      '-1e-5',
      '1.01E-06',
      '1e05',
    ],
    'exponents with zeros': ['1e0', '1e-0', '1e+00', '1e0000000001', '0e5', '0e999', '0.0e-999', '-0e400'],
    'the largest doubles': ['1.7976931348623157e308', '-1.7976931348623157E+308', '1.7976931348623158e308'],
    'the smallest doubles': [
      '2.2250738585072014e-308',
      '2.2250738585072009e-308',
      '5e-324',
      '4.9e-324',
      '3e-324',
    ],
    'many digits': [
      `0.${nines(20)}`,
      `0.${nines(500)}`,
      `0.${zeros(99)}1`,
      `1${zeros(99)}`,
      `1.${zeros(300)}`,
    ],
    'zeros only': [`0.${zeros(400)}`, `-0.${zeros(400)}`],
  },
  {
    'a sign that is not one minus': ['+1', '+1.5', '--1', '-', '+', '1-', '−1', '-+1.5'],
    'zeros before it': ['01', '-01', '00', '01.5', '00.5', '-00.5', '01e5'],
    'no digit before the point, or none behind it': ['.5', '-.5', '1.', '.', '1.e5', '.e5', '0.'],
    'an exponent without digits': [
      '1e',
      '1E',
      '1e+',
      '1e-',
      'e5',
      '-e5',
      '1ee5',
      '1e5e5',
      '1e5.0',
      '1e 5',
      '1e--5',
    ],
    'larger than a double': [
      '1e400',
      '-1e400',
      '1e309',
      '1.8e308',
      '1.7976931348623159e308',
      nines(309),
      nines(5000),
    ],
    'so small that it would become zero': [
      '1e-400',
      '-1e-400',
      '1e-324',
      '2e-324',
      `0.${zeros(400)}1`,
      '0.1e-999',
    ],
    'words for what is no number': [
      'NaN',
      'nan',
      '-nan',
      'Infinity',
      '-Infinity',
      'inf',
      '-inf',
      'null',
      '1.#INF',
    ],
    'digits in groups, or of another base': ['1_0', '1,5', '1,000.5', '0x1p3', '0x10', '1d', '1f', '1.5f'],
    'two points': ['1.2.3', '1..2'],
  },
);

const bools = casesOf(
  'bool',
  {
    'true in lower, title and upper case': ['true', 'True', 'TRUE'],
    'false in lower, title and upper case': ['false', 'False', 'FALSE'],
  },
  {
    'another mixture of cases': [
      'tRUE',
      'tRue',
      'truE',
      'TRUe',
      'TrUe',
      'fALSE',
      'FALSe',
      'falsE',
      'FalsE',
      'FAlse',
    ],
    'a part of it, or more': ['tru', 'truee', 'fals', 'falsee', 'TRU', 'TRUEE', 'FALS', 't', 'f', 'T', 'F'],
    'another word': ['1', '0', 'yes', 'no', 'on', 'off', 'y', 'n', 'null', 'wahr', '-true', 'true,false'],
    'letters that are not ASCII': ['ｔｒｕｅ', 'truе', 'fаlse', 'falſe', 'FALŞE'],
  },
);

const days: Texts = {
  'a day': ['2024-06-25', '2024-01-01', '2023-12-31', '1970-01-01', '1582-10-10'],
  'the first and the last day': ['0001-01-01', '9999-12-31'],
  'the last day of a month': [
    '01-31',
    '03-31',
    '04-30',
    '05-31',
    '06-30',
    '07-31',
    '08-31',
    '09-30',
    '10-31',
    '11-30',
  ]
    .map((day) => `2023-${day}`)
    .concat('2023-02-28', '1900-02-28'),
  'a leap day': ['2024-02-29', '2000-02-29', '1600-02-29', '0004-02-29', '0400-02-29', '9996-02-29'],
};

const noDays: Texts = {
  'a leap day of another year': [
    '2023-02-29',
    '1900-02-29',
    '2100-02-29',
    '0001-02-29',
    '0100-02-29',
    '9999-02-29',
  ],
  'a day that the month does not have': [
    '2024-02-30',
    '2024-02-31',
    '2024-04-31',
    '2024-06-31',
    '2024-09-31',
  ].concat('2024-11-31', '2024-01-32', '2024-12-32', '2024-01-39', '2024-01-40', '2024-01-99'),
  'a day zero': ['2024-01-00', '2024-02-00', '0001-01-00'],
  'a month that does not exist': [
    '2024-00-10',
    '2024-13-01',
    '2024-19-01',
    '2024-20-01',
    '2024-99-01',
    '2024-00-00',
  ],
  'a year zero': ['0000-01-01', '0000-12-31', '0000-02-29', '0000-00-00'],
  'another number of digits': [
    '24-06-25',
    '2024-6-25',
    '2024-06-5',
    '20240-01-01',
    '02024-01-01',
    '2024-006-25',
  ],
  'another separator, or none': [
    '2024/06/25',
    '2024.06.25',
    '20240625',
    '2024 06 25',
    '2024‐06‐25',
    '2024-06/25',
  ],
  'another order, or another calendar': ['25-06-2024', '06/25/2024', '2024-W26-2', '2024-177', 'Jun 25 2024'],
  'a sign': ['-2024-06-25', '+2024-06-25', '2024--6-25', '2024-06--5', '-001-01-01'],
  'a part of it': ['2024-06', '2024', '2024-06-', '06-25'],
  'letters for digits': ['2024-O6-25', 'YYYY-MM-DD', '2024-06-2:', '2024-06-2/', '202:-06-25'],
};

const clocks: Texts = {
  'a time of the day': ['17:43:13', '09:05:07', '20:00:00', '19:59:59'],
  'the first and the last second': ['00:00:00', '23:59:59'],
};

const noClocks: Texts = {
  'an hour that does not exist': ['24:00:00', '25:00:00', '29:00:00', '30:00:00', '99:00:00'],
  'a minute that does not exist': ['23:60:00', '00:99:00'],
  'a leap second, or one that does not exist': ['23:59:60', '23:59:61', '00:00:99'],
  'another number of digits': ['7:43:13', '17:4:13', '17:43:1', '17:43', '17', '017:43:13', '17:43:013'],
  'another separator, or none': ['17-43-13', '174313', '17.43.13', '17:43-13', '17 43 13'],
  'half a day': ['05:43:13 PM', '05:43:13PM'],
  'letters for digits': ['1O:00:00', '::::::::', '1::00:00', '17:43:1:', '17:43:/3', '-7:43:13'],
};

const fractions = [1, 2, 3, 4, 5, 6].map((digits) => `.${'123456'.slice(0, digits)}`).concat('.0', '.000000');
const noFractions = [7, 8, 9, 10, 40].map((digits) => `.${'1234567890'.repeat(4).slice(0, digits)}`);
const brokenFractions = ['.', '..5', '.5.5', ',5', ':5', '.-5', '.+5', '.5e1', '.12a', '. 5'];
const offsets = ['+02:00', '-02:00', '+0200', '+02', '+00:00', ' +02:00', ' UTC', ' Europe/Berlin'];

const each = (texts: Texts, change: (text: string) => string): Texts =>
  Object.fromEntries(Object.entries(texts).map(([why, some]) => [why, some.map(change)]));

const dates = casesOf('date', days, {
  ...noDays,
  'a time behind it': [
    '2024-06-25 00:00:00',
    '2024-06-25T00:00:00',
    '2024-06-25T',
    '2024-06-25Z',
    '2024-06-25+02',
  ],
});

/** Prefixes keep the reasons of two lists apart. */
const named = (texts: Texts, name: string): Texts =>
  Object.fromEntries(Object.entries(texts).map(([why, some]) => [`${why} (${name})`, some]));

const timestamps = timestampFormats.flatMap((format) => {
  const [between, end] = [format.includes('T') ? 'T' : ' ', format.endsWith('Z') ? 'Z' : ''];
  const hasFraction = format.includes('[.ffffff]');
  const at = (day: string, time: string): string => `${day}${between}${time}${end}`;
  const withFraction = (fraction: string): string => at('2024-06-25', `17:43:13${fraction}`);
  const bare = `2024-06-25${between}17:43:13`;
  return casesOf(
    `timestamp ${format}`,
    {
      ...each(days, (day) => at(day, '17:43:13')),
      ...each(clocks, (clock) => at('2024-06-25', clock)),
      ...(hasFraction && {
        'a fraction of one to six digits': [
          ...fractions.map(withFraction),
          at('9999-12-31', '23:59:59.999999'),
        ],
      }),
    },
    {
      ...named(
        each(noDays, (day) => at(day, '17:43:13')),
        'day',
      ),
      ...named(
        each(noClocks, (clock) => at('2024-06-25', clock)),
        'time',
      ),
      ...(!hasFraction && { 'a fraction that the format has not': fractions.map(withFraction) }),
      'a fraction of more than six digits': noFractions.map(withFraction),
      'a fraction that is none': brokenFractions.map(withFraction),
      'another letter between date and time': [
        't',
        '_',
        '',
        '  ',
        'x',
        '-',
        between === 'T' ? ' ' : 'T',
        '\u00a0',
      ].map((other) => `2024-06-25${other}17:43:13${end}`),
      'another end': (end === '' ? ['Z'] : ['', 'Z ', 'ZZ'])
        .concat('z', '.Z', '+00:00Z')
        .map((other) => bare + other),
      'an offset': offsets.map((offset) => bare + offset),
      'a date or a time alone': ['2024-06-25', '17:43:13', `2024-06-25${between}`],
    },
  );
});

const withOffset = (offset: string): string => `2024-06-25T17:43:13${offset}`;

const timestampsWithOffset = casesOf(
  'timestamptz',
  {
    ...each(days, (day) => `${day}T12:00:00Z`),
    ...each(clocks, (clock) => `2024-06-25 ${clock}+02:00`),
    'a fraction of one to six digits': fractions.map((fraction) => `2024-06-25T17:43:13${fraction}-0330`),
    'UTC as a letter or as an offset': ['Z', '+00', '-00', '+0000', '-00:00', '+00:00'].map(withOffset),
    'an offset with and without minutes': ['+02', '-11', '+0530', '+05:30', '-03:30', '+13:59', '+00:01'].map(
      (end) => `2024-06-25 17:43:13${end}`,
    ),
    'the farthest offsets': ['+14', '-14', '+1400', '-14:00'].map(withOffset),
    'the first and the last moment in UTC': ['0001-01-01T00:00:00Z', '0001-01-01T01:00:00+01:00'].concat(
      '9999-12-31T23:59:59.999999Z',
      '9999-12-31T22:59:59-01:00',
    ),
  },
  {
    ...named(
      each(noDays, (day) => `${day}T17:43:13Z`),
      'day',
    ),
    ...named(
      each(noClocks, (clock) => `2024-06-25T${clock}Z`),
      'time',
    ),
    'no offset': ['2024-06-25T17:43:13', '2024-06-25 17:43:13', '2024-06-25 17:43:13.5', '2024-06-25'],
    'lower case': ['2024-06-25T17:43:13z', '2024-06-25t17:43:13Z', '2024-06-25t17:43:13+02:00'],
    'another letter between date and time': ['_', '', '  ', '-', '\u00a0'].map(
      (between) => `2024-06-25${between}17:43:13Z`,
    ),
    'an offset beyond 14 hours': ['+14:01', '-14:01', '+15', '-1500', '+24:00', '+99:99'].map(withOffset),
    'an offset with 60 minutes or more': ['+02:60', '-0260', '+13:99'].map(withOffset),
    'an offset that is not written so': [
      '+2',
      '+2:00',
      '+020',
      '+02:0',
      '+02:000',
      '+02:',
      '+02:00:00',
      '+',
      '-',
      '−02:00',
    ]
      .concat(
        ' +02:00',
        ' Z',
        'ZZ',
        'UTC',
        ' UTC',
        '+02:00Z',
        'Z+02:00',
        '+02.00',
        '±02:00',
        '[Europe/Berlin]',
      )
      .map(withOffset),
    'a fraction of more than six digits': noFractions.map((fraction) => `2024-06-25T17:43:13${fraction}Z`),
    'a fraction that is none': brokenFractions.map((fraction) => `2024-06-25T17:43:13${fraction}+02`),
    'outside of the calendar in UTC': ['0001-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01'].concat(
      '0001-01-01T13:59:59+14:00',
      '9999-12-31T10:00:00-14:00',
    ),
  },
);

/** Every edge of what a value of a column may be. The three readings of values (see `limits.ts`) agree on all of them. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...ints,
  ...decimals,
  ...floats,
  ...bools,
  ...dates,
  ...timestamps,
  ...timestampsWithOffset,
];
