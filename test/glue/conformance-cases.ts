import type { Row } from '../functions/quality/ruleset-bench.ts';

const keys = (...values: [number | string | null, string | null][]): Row[] =>
  values.map(([id, name]) => ({ id, name }));

/** Days or hours before the landing time, which is the time at which the oracle is asked. */
export type Clock = (hours: number) => string;

/** Files by what is special about them; each rule is asked of each. */
export const framesAt = (hoursAgo: Clock): Record<string, readonly Row[]> => {
  const full = (id: number, name: string, hours: number): Row => ({
    id,
    name,
    price: id / 4,
    score: id / 2,
    liked: id % 2 === 0,
    born: `2000-01-0${id}`,
    seen: hoursAgo(hours),
  });
  return {
    empty: [],
    'one row': [full(1, 'a', 1)],
    plain: [full(1, 'a', 1), full(2, 'ab', 30), full(3, 'abc', 100), full(4, '2024-02-29', 150)],
    'all NULL': keys([null, null], [null, null]),
    'some NULL': [
      full(1, 'a', 1),
      full(2, 'ab', 30),
      { id: null, name: 'x' },
      { id: 4, name: null, price: 0.25 },
    ],
    duplicates: [full(1, 'a', 1), full(1, 'a', 1), full(1, 'b', 1), full(2, 'b', 150)],
    'NULLs twice': keys([1, null], [1, null], [null, 'a'], [null, 'a'], [null, null]),
    'negative and zero': [-2, 0, 2].map((id) => ({ id, name: 'a', price: id, score: id })),
    'odd texts': keys(
      [1, ''],
      [2, ' '],
      [3, ' \t '],
      [4, "it's"],
      [5, 'a\\b'],
      [6, 'é🎵'],
      [7, 'say "hi"'],
      [8, 'a\nb'],
    ),
    'texts that read as values': keys(
      [1, '12'],
      [2, '-7'],
      [3, '1.5'],
      [4, '9999999999'],
      [5, 'true'],
      [6, '2024-02-29'],
      [7, '2024-02-30'],
      [8, '2024-02-29 01:02:03'],
    ),
    'whole numbers as texts': keys([1, '1'], [2, '22'], [3, '333']),
    'out of sight': [{ ...full(3, 'zz', 3) }, { ...full(3, 'zz', 3), name: null }],
    extremes: [
      { id: '9223372036854775807', name: 'a', price: '99999999.99', score: 1e300 },
      { id: '-9223372036854775807', name: 'b', price: '-99999999.99', score: -1e-300 },
    ],
    thirds: [full(1, 'a', 1), full(1, 'a', 1), full(2, 'b', 1)].map((row, index) => ({
      ...row,
      price: index / 8,
    })),
  };
};

/** Rows of the table that `ReferentialIntegrity` looks into. */
export const OTHERS: readonly Row[] = keys([1, 'a'], [2, 'ab'], [2, 'b']);

/** Predicates in the rules' own words and in plain code. */
export const PREDICATES: Record<string, (row: Row) => boolean> = {
  'id > 1': ({ id }) => (typeof id === 'number' ? id > 1 : id === '9223372036854775807'),
  'name is not null': ({ name }) => name !== null,
  'id > 100': ({ id }) => id === '9223372036854775807',
};
const WHERE = Object.keys(PREDICATES).map((predicate) => ` where "${predicate}"`);
const SHARES = [' = 1', ' >= 0.5', ' between 0.25 and 0.75', ' in [0.5, 1]'];
const WHOLE = [
  ' = 2',
  ' != 2',
  ' > 1',
  ' <= 3',
  ' between 1 and 3',
  ' not between 1 and 3',
  ' in [1, 2]',
  ' not in [1, 2]',
];
const FIGURES = [' > 1', ' = 0', ' between 0 and 8'];
const SPANS = [
  ' <= 3 days',
  ' < 40 hours',
  ' > 20 hours',
  ' between 20 hours and 4 days',
  ' in [90 minutes]',
  ' not in [90 minutes]',
];

const each = (starts: readonly string[], ends: readonly string[]): string[] =>
  starts.flatMap((start) => ends.map((end) => `${start}${end}`));
const of = (type: string, ...columns: string[]): string[] => columns.map((column) => `${type} "${column}"`);

/** Every rule that is asked of every file, by its type. */
export const RULES: Record<string, readonly string[]> = {
  IsComplete: [...of('IsComplete', 'id', 'name', 'price'), ...each(['IsComplete "id"'], WHERE)],
  Completeness: [
    ...each(['Completeness "name"'], [...SHARES, ' < 0.5', ' > 0.5']),
    ...each(['Completeness "id" >= 0.5'], WHERE),
  ],
  IsUnique: [...of('IsUnique', 'id', 'name', 'price'), ...each(['IsUnique "id"'], WHERE)],
  IsPrimaryKey: [
    ...each(['IsPrimaryKey "id"', 'IsPrimaryKey "id" "name"'], ['', ...WHERE]),
    'IsPrimaryKey "name"',
  ],
  Uniqueness: [...each(['Uniqueness "id"'], SHARES), ...each(['Uniqueness "name" > 0.5'], ['', ...WHERE])],
  UniqueValueRatio: [
    ...each(['UniqueValueRatio "id"'], SHARES),
    ...each(['UniqueValueRatio "name" > 0.5'], ['', ...WHERE]),
  ],
  ColumnLength: [...each(['ColumnLength "name"'], WHOLE), ...each(['ColumnLength "name" <= 2'], WHERE)],
  'ColumnValues on numbers': [
    ...each(['ColumnValues "id"'], [...WHOLE, ' = NULL', ' != NULL', ' in [1, NULL]', ' not in [1, NULL]']),
    ...each(['ColumnValues "id" > 1', 'ColumnValues "id" != 2', 'ColumnValues "id" in [1, 2]'], WHERE),
    ...each(['ColumnValues "price"'], [' <= 0.25', ' = 0.25', ' > 0.24', ' between 0.24 and 0.51']),
    ...each(['ColumnValues "score"'], [' >= 0.5', ' in [0.5, 1]']),
    ...each(
      ['ColumnValues "id" > 1', 'ColumnValues "id" in [1, 2]'],
      [' with threshold >= 0.5', ' with threshold between 0.2 and 0.8'],
    ),
  ],
  'ColumnValues on texts': [
    ...each(
      ['ColumnValues "name"'],
      [
        ...[
          ' = "a"',
          ' != "a"',
          ' in ["a", "ab"]',
          ' not in ["a", "ab"]',
          ' in ["a", NULL]',
          ' not in ["a", NULL]',
        ],
        ...[
          ' in ["a", EMPTY, WHITESPACES_ONLY]',
          ' not in [EMPTY, WHITESPACES_ONLY]',
          ' = EMPTY',
          ' != EMPTY',
        ],
        ...[' = WHITESPACES_ONLY', ' = NULL', ' != NULL', ' in ["it\'s", "é🎵"]'],
        ...[' matches "[a-z]+"', ' matches "a|ab"', ' matches "[0-9.-]+"', ' not matches "[a-z]+"'],
      ],
    ),
    ...each(['ColumnValues "name" matches "[a-z]+"'], WHERE),
    'ColumnValues "name" = "a" with threshold > 0.4',
  ],
  'ColumnValues on the rest': [
    ...each(
      ['ColumnValues "born"'],
      [
        ' > "2000-01-01"',
        ' >= "2000-01-01"',
        ' between "2000-01-01" and "2000-01-05"',
        ' in ["2000-01-01", "2000-01-02"]',
        ' <= now()',
      ],
    ),
    ...each(
      ['ColumnValues "seen"'],
      [' > (now() - 3 days)', ' <= now()', ' < (now() - 60 hours)', ' >= "2020-01-01"'],
    ),
    ...each(['ColumnValues "liked"'], [' = "true"', ' in ["true", "false"]', ' != "false"']),
  ],
  ColumnDataType: [
    ...each(
      ['ColumnDataType "name"'],
      [
        ...[
          ' = "Integer"',
          ' = "Long"',
          ' = "Double"',
          ' = "Boolean"',
          ' = "Date"',
          ' = "Timestamp"',
          ' != "Integer"',
        ],
        ...[' in ["Integer", "Date"]', ' not in ["Integer", "Date"]', ' = "Integer" with threshold >= 0.5'],
        ...[' = "Integer" where "id > 1"', ' = "Integer" where "id > 100"'],
      ],
    ),
    ...each(['ColumnDataType "id"'], [' = "Integer"', ' = "Long"', ' = "Timestamp"']),
    ...each(['ColumnDataType "seen"'], [' = "Timestamp"', ' = "Integer"']),
  ],
  DataFreshness: [
    ...each(['DataFreshness "seen"'], SPANS),
    ...each(['DataFreshness "seen" <= 3 days'], WHERE),
    'DataFreshness "born" > 3 days',
  ],
  RowCount: [...each(['RowCount'], WHOLE), ...each(['RowCount > 1', 'RowCount = 0'], WHERE)],
  DistinctValuesCount: [
    ...each(['DistinctValuesCount "id"'], WHOLE),
    ...each(['DistinctValuesCount "name" > 1'], ['', ...WHERE]),
  ],
  Sum: [...each(of('Sum', 'id', 'price', 'score'), FIGURES), ...each(['Sum "id" > 1'], WHERE)],
  Mean: [...each(of('Mean', 'id', 'price', 'score'), FIGURES), ...each(['Mean "id" > 1'], WHERE)],
  StandardDeviation: [
    ...each(of('StandardDeviation', 'id', 'price'), FIGURES),
    ...each(['StandardDeviation "id" < 2'], WHERE),
  ],
  Entropy: [...each(of('Entropy', 'id', 'name'), FIGURES), ...each(['Entropy "id" < 1'], WHERE)],
  'rules about columns': [
    ...of('ColumnExists', 'id', 'nowhere'),
    ...['ColumnCount = 11', 'ColumnCount > 11', 'ColumnCount between 10 and 12'],
    ...of('ColumnNamesMatchPattern', '^[a-z_]+$', '^landed'),
  ],
  ReferentialIntegrity: each(
    ['ReferentialIntegrity "id" "others.id"', 'ReferentialIntegrity "id,name" "others.{id,name}"'],
    [' = 1.0', ' >= 0.5', ' < 0.5'],
  ),
  composites: [
    ['IsComplete "id"', 'RowCount > 1'],
    ['IsUnique "id"', 'ColumnValues "id" > 1'],
    ['Mean "id" > 1', 'ColumnExists "id"'],
    ['ColumnValues "name" = "a"', 'Completeness "name" > 0.5'],
  ].flatMap(([a, b]) => [
    `(${a}) and (${b})`,
    `(${a}) or (${b})`,
    `((${a}) and (${b})) or (IsComplete "name")`,
  ]),
};

/** CustomSql runs once for each file, so that a few files have to do. */
export const CUSTOM_RULES = [
  'CustomSql "select count(*) from primary" > 1',
  'CustomSql "select max(id) from primary" < 4',
  'CustomSql "select sum(price) from primary" >= 0.25',
  'CustomSql "select * from primary where id > 0"',
  'CustomSql "select id from primary where id > 1" with threshold >= 0.5',
];
export const CUSTOM_FILES = ['empty', 'plain', 'duplicates', 'some NULL'];
