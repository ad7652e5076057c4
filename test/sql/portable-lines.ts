import { createHash } from 'node:crypto';
import type { SqlEngine } from '../../deploy/sql/templates.ts';
import { figure, fullMatch, shifted, textLiteral } from '../../functions/quality/dialect.ts';

/** What the project's SQL says where engines differ: templates of models, or of what compiles rules. */
type Text = string | ((dialect: 'duckdb' | 'spark') => string);

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

export type PortableLine = {
  readonly about: string;
  /** What is written, and the text of the value that it has on every engine. */
  readonly so: readonly (readonly [text: Text, value: string | null])[];
  /** What bites, and its value by engine; an error's beginning stands behind `!`. */
  readonly bites?: readonly [text: string, Readonly<Record<SqlEngine, string | null>>];
  /** `silver`: silver's SQL and rules alone have it. */
  readonly engines?: 'silver';
};

const pattern = "a\\d+'";
const moment = "timestamp '2024-06-25 10:00:00'";
const days = (later: string, earlier: string): string =>
  `cast(date '${later}' - date '${earlier}' as integer)`;

export const portableLines: readonly PortableLine[] = [
  {
    about: 'a quote or a backslash in a literal',
    so: [["'a' || chr(39) || chr(92) || 'b'", "a'\\b"]],
    bites: ["'it''s a\\d'", { duckdb: "it's a\\d", spark: 'its ad', redshift: "it's a\\d" }],
  },
  {
    about: 'a literal and a pattern of a rule',
    engines: 'silver',
    so: [
      [(dialect) => textLiteral('it\'s a\\d\n"é"', dialect), 'it\'s a\\d\n"é"'],
      [(dialect) => fullMatch("'a12' || chr(39)", pattern, dialect), 'true'],
      [(dialect) => fullMatch("'ad' || chr(39)", pattern, dialect), 'false'],
    ],
  },
  {
    about: 'line ends under a pattern of a rule',
    engines: 'silver',
    so: [
      [(dialect) => fullMatch("'a' || chr(10)", 'a', dialect), 'false'],
      [(dialect) => fullMatch("'a' || chr(10)", 'a$', dialect), 'false'],
      [(dialect) => fullMatch("'a' || chr(10) || 'b'", 'a.b', dialect), 'false'],
      [(dialect) => fullMatch("'a' || chr(13) || 'b'", 'a.b', dialect), 'true'],
    ],
  },
  {
    about: 'a figure of a rule',
    engines: 'silver',
    so: [
      ['1', '1'],
      ['cast(100 as double)', '100'],
      ['cast(1 as double) / 1024', '0.000976563'],
      ['cast(1 as double) / 3', '0.333333333'],
      ["cast('12345678.901234567' as double)", '12345678.901234567'],
      ["cast('428571428571.4286' as double)", '428571428571.4286'],
      ["cast('-1e20' as double)", '-100000000000000000000'],
      ["cast('1e300' as double)", null],
      ["cast('NaN' as double)", null],
      ['cast(null as double)', null],
      ['cast(0 as double)', '0'],
      ['cast(1.50 as decimal(10, 2))', '1.5'],
    ].map(([double, text]) => [figure(String(double)), text ?? null] as const),
  },
  { about: 'quoted names', so: [['"a b"', 'quoted']] },
  {
    about: 'a division by zero',
    so: [
      ['5 / nullif(0, 0)', null],
      ['mod(5, nullif(0, 0))', null],
      ['{{ half_up_ratio(5, 0) }}', null],
    ],
    bites: ['5 / 0', { duckdb: 'inf', spark: '![DIVIDE_BY_ZERO]', redshift: '!error: division by zero' }],
  },
  {
    about: 'a quotient',
    so: [['{{ half_up_ratio(1005, 1000) }}', '1.01']],
    bites: [
      'cast(cast(1.005 as decimal(10, 3)) / cast(1 as decimal(10, 3)) as decimal(10, 2))',
      { duckdb: '1.00', spark: '1.01', redshift: '1.01' },
    ],
  },
  {
    about: 'decimals that are rounded',
    so: [
      ['cast(cast(2.345 as decimal(10, 3)) as decimal(10, 2))', '2.35'],
      ['round(cast(-2.345 as decimal(10, 3)), 2)', '-2.35'],
      ['cast(cast(7 as bigint) * cast(0.01 as decimal(10, 2)) as decimal(18, 2))', '0.07'],
    ],
    bites: ['cast(1.7 as decimal)', { duckdb: '1.700', spark: '2', redshift: '1.7' }],
  },
  {
    about: 'a double that is rounded',
    so: [['cast(cast(6 as {{ double() }}) / 2 as bigint)', '3']],
    bites: ['cast(round(cast(2.5 as {{ double() }})) as bigint)', { duckdb: '3', spark: '3', redshift: '2' }],
  },
  {
    about: 'a text that is too long for its type',
    so: [["substring('abcdef' from 1 for 3)", 'abc']],
    bites: ["cast('abcdef' as varchar(3))", { duckdb: 'abcdef', spark: 'abcdef', redshift: 'abc' }],
  },
  {
    about: 'a text that may be no number',
    engines: 'silver',
    so: ["'1.9'", "'1e3'", "'1_000'", "' 1'"].map(
      (text) =>
        [
          (dialect: 'duckdb' | 'spark') =>
            `(${fullMatch(text, '-?[0-9]+', dialect)} and try_cast(${text} as bigint) is not null)`,
          'false',
        ] as const,
    ),
    bites: ["try_cast('1.9' as int)", { duckdb: '2', spark: null, redshift: null }],
  },
  {
    about: 'the order of NULLs',
    so: [
      [
        `select sum(place * digit) from (select coalesce(digit, 0) as digit,
          row_number() over (order by coalesce(digit, -1)) as place from digits) as placed`,
        '18',
      ],
    ],
    bites: [
      `select sum(place * digit) from (select digit, row_number() over (order by digit) as place from digits) as placed`,
      { duckdb: '13', spark: '18', redshift: '13' },
    ],
  },
  {
    about: 'NULL in a text',
    so: [
      ["'a' || cast(null as varchar(3))", null],
      ["'a' || coalesce(cast(null as varchar(3)), '')", 'a'],
    ],
    bites: ["concat('a', cast(null as varchar(3)))", { duckdb: 'a', spark: null, redshift: 'a' }],
  },
  {
    about: 'case and blanks beyond ASCII',
    so: [
      ["upper('abc') || lower('XYZ') || trim('  a ')", 'ABCxyza'],
      ["trim(trailing '0' from '1.500')", '1.5'],
    ],
    bites: ["upper('ß')", { duckdb: 'ẞ', spark: 'SS', redshift: 'ß' }],
  },
  {
    about: 'a wildcard in a pattern of LIKE',
    so: [
      ["case when 'a_b' like 'a!_b' escape '!' then 'y' else 'n' end", 'y'],
      ["case when 'axb' like 'a!_b' escape '!' then 'y' else 'n' end", 'n'],
    ],
    bites: ["case when 'a_b' like 'a\\_b' then 'y' else 'n' end", { duckdb: 'n', spark: 'y', redshift: 'y' }],
  },
  {
    about: 'days that are added, and the start of a month',
    so: [
      ["date '2024-02-28' + 2", '2024-03-01'],
      ["cast(date_trunc('month', date '2024-02-29') as date)", '2024-02-01'],
      [`${moment} + 3 * interval '1' day`, '2024-06-28 10:00:00'],
      [`cast(${moment} as date)`, '2024-06-25'],
    ],
    bites: [
      "date '2024-01-31' + interval '1' month",
      { duckdb: '2024-02-29 00:00:00', spark: '2024-02-29', redshift: '2024-02-29 00:00:00' },
    ],
  },
  {
    about: 'a span of a rule',
    engines: 'silver',
    so: [[() => shifted(moment, '-', { amount: 36, unit: 'hours' }), '2024-06-23 22:00:00']],
  },
  { about: 'days between dates', so: [[days('2024-03-01', '2024-02-01'), '29']] },
  {
    about: 'the day of the week',
    so: [[`mod(${days('2024-06-30', '2000-01-03')}, 7) + 1`, '7']],
    bites: [
      "cast(extract(dow from date '2024-06-30') as integer)",
      { duckdb: '0', spark: '1', redshift: '0' },
    ],
  },
  {
    about: 'parts of a moment',
    so: [
      ["cast(extract(week from date '2021-01-03') as integer)", '53'],
      ["lpad(cast(extract(hour from timestamp '2024-06-25 07:00:00') as varchar(2)), 2, '0')", '07'],
    ],
    bites: [
      "extract(second from timestamp '2024-06-25 10:00:59.5')",
      { duckdb: '59', spark: '59.500000', redshift: '59.500000' },
    ],
  },
  {
    about: 'a month',
    so: [
      [
        `case when timestamp '2024-01-31 23:59:59.5' >= timestamp '2024-01-01 00:00:00'
          and timestamp '2024-01-31 23:59:59.5' < timestamp '2024-01-01 00:00:00' + interval '1' month then 'y' else 'n' end`,
        'y',
      ],
    ],
  },
  {
    about: 'parts of a text',
    so: [
      ["split_part('a;b', ';', 1) || position('#' in 'a#b')", 'a2'],
      ["split_part('', ';', 1)", ''],
    ],
  },
  {
    about: 'sums of decimals',
    so: [
      [
        'select cast(sum(cast(digit as decimal(10, 2)) * cast(0.1 as decimal(10, 2))) as decimal(18, 2)) from digits',
        '0.50',
      ],
    ],
  },
  {
    about: 'keys of texts',
    so: [
      ['md5(cast(cast(1.5 as decimal(10, 2)) as varchar(20)))', md5('1.50')],
      ["md5(cast(date '0001-01-01' as varchar(10)))", md5('0001-01-01')],
      ["md5(cast(timestamp '2024-06-25 10:00:00.1' as varchar(32)))", md5('2024-06-25 10:00:00.1')],
      ['md5(cast(cast(-5 as bigint) as varchar(20)))', md5('-5')],
      ["md5('é' || coalesce(cast(null as varchar(3)), ''))", md5('é')],
    ],
    bites: [
      'cast(cast(0.5 as decimal(2, 2)) as varchar(8))',
      { duckdb: '.50', spark: '0.50', redshift: '0.50' },
    ],
  },
  {
    about: 'a moment that the validator rejects',
    so: [],
    bites: [
      "cast('2024-06-25 24:00:00' as timestamp)",
      { duckdb: '2024-06-26 00:00:00', spark: '![CAST_INVALID_INPUT]', redshift: '2024-06-26 00:00:00' },
    ],
  },
];
