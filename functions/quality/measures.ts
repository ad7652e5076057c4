import { identifier } from '../values/index.ts';

/** Metrics of one key (a set of columns under one predicate) in a file, each the name of a column of `facts`. */
export type KeyFigures = {
  /** Rows that have a key, distinct keys, keys that occur once. */
  readonly rows: string;
  readonly keys: string;
  readonly once: string;
  /** Natural logarithm; NULL if there are no rows. */
  readonly entropy: string;
};

/** Collects what the rules need to know of a file; each metric is computed once, however many rules need it. */
export type Measures = {
  /** Rows that meet a condition; the name of a count, 0 for an empty file. */
  readonly count: (condition: string) => string;
  /** Any aggregate over the file's rows; NULL for an empty file. */
  readonly aggregate: (expression: string) => string;
  readonly keys: (columns: readonly string[], condition: string) => KeyFigures;
  /** Rows whose columns are found in another silver table. */
  readonly found: (columns: readonly string[], relation: string, referenced: readonly string[]) => string;
  readonly custom: (atom: number) => { readonly metric: string; readonly passed: string };
  /** The CTEs that end with `facts`: one row per file of `batch_files`, including files without rows. */
  readonly ctes: () => string;
};

type Source = { readonly name: string; readonly select: string; readonly facts: readonly string[] };

/** A fresh collection. */
export const measures = (): Measures => {
  const totals = new Map<string, { name: string; fact: string }>();
  const sources = new Map<string, Source>();
  const customs: number[] = [];
  const total = (expression: string, factOf: (name: string) => string) => {
    const known = totals.get(expression) ?? nameTotal(totals.size + 1, factOf);
    totals.set(expression, known);
    return known.name;
  };
  const source = (select: string, name: string, figures: readonly string[]) => {
    const known = sources.get(select) ?? { name, select, facts: figures.map((of) => factOf(name, of)) };
    sources.set(select, known);
    return known.name;
  };
  return {
    count: (condition) => total(countOf(condition), (name) => `coalesce(totals.${name}, 0) as ${name}`),
    aggregate: (expression) => total(expression, (name) => `totals.${name}`),
    keys: (columns, condition) => {
      const name = source(keysSelect(columns, condition), `keys_${sources.size + 1}`, KEY_FIGURES);
      return { rows: `${name}_rows`, keys: `${name}_keys`, once: `${name}_once`, entropy: `${name}_entropy` };
    },
    found: (columns, relation, referenced) =>
      `${source(foundSelect(columns, relation, referenced), `found_${sources.size + 1}`, ['found'])}_found`,
    custom: (atom) => {
      customs.push(atom);
      return { metric: `custom_${atom}_metric`, passed: `(custom_${atom}_passed = 1)` };
    },
    ctes: () => writeCtes([totalsOf(totals), ...sources.values(), ...customsOf(customs)]),
  };
};

const KEY_FIGURES = ['rows', 'keys', 'once', 'entropy'];

const nameTotal = (number: number, factOf: (name: string) => string) => {
  const name = `total_${number}`;
  return { name, fact: factOf(name) };
};

const countOf = (condition: string) => `cast(sum(case when ${condition} then 1 else 0 end) as bigint)`;

const factOf = (source: string, figure: string): string =>
  figure === 'entropy'
    ? `${source}.entropy_of as ${source}_entropy`
    : `coalesce(${source}.${figure}_of, 0) as ${source}_${figure}`;

/** H = ln N − (Σ c·ln c) / N over keys that occur c times among N rows. */
const keysSelect = (columns: readonly string[], condition: string): string => `
  select file, cast(sum(copies) as bigint) as rows_of, cast(count(*) as bigint) as keys_of,
    cast(sum(case when copies = 1 then 1 else 0 end) as bigint) as once_of,
    ln(cast(sum(copies) as double)) - sum(copies * ln(cast(copies as double))) / cast(sum(copies) as double) as entropy_of
  from (
    select "landed_file" as file, count(*) as copies from staged where ${condition}
    group by "landed_file", ${columns.join(', ')}
  ) as copied
  group by file`;

const foundSelect = (columns: readonly string[], relation: string, referenced: readonly string[]): string => `
  select staged."landed_file" as file, cast(sum(case when referred.is_there = 1 then 1 else 0 end) as bigint) as found_of
  from staged left join (
    select distinct ${referenced.map((name, index) => `${identifier(name)} as key_${index}`).join(', ')}, 1 as is_there
    from ${identifier(relation)}
  ) as referred on ${columns.map((name, index) => `staged.${name} = referred.key_${index}`).join(' and ')}
  group by staged."landed_file"`;

const totalsOf = (totals: ReadonlyMap<string, { name: string; fact: string }>): Source => ({
  name: 'totals',
  select: `
  select ${['"landed_file" as file', ...[...totals].map(([sum, { name }]) => `${sum} as ${name}`)].join(',\n    ')}
  from staged group by "landed_file"`,
  facts: [...totals.values()].map(({ fact }) => fact),
});

const customsOf = (atoms: readonly number[]): readonly Source[] => {
  if (atoms.length === 0) return [];
  const columns = atoms.flatMap((atom) => [
    `max(case when atom = ${atom} then metric end) as custom_${atom}_metric`,
    `max(case when atom = ${atom} and passed then 1 else 0 end) as custom_${atom}_passed`,
  ]);
  return [
    {
      name: 'customs',
      select: `
  select landed_file as file, ${columns.join(',\n    ')}
  from custom_outcomes group by landed_file`,
      facts: atoms.flatMap((atom) => [`customs.custom_${atom}_metric`, `customs.custom_${atom}_passed`]),
    },
  ];
};

const writeCtes = (sources: readonly Source[]): string => {
  const facts = ['batch_files.landed_file', ...sources.flatMap((source) => source.facts)];
  const joins = sources.map(({ name }) => `left join ${name} on ${name}.file = batch_files.landed_file`);
  return [
    ...sources.map(({ name, select }) => `${name} as (${select}\n)`),
    `facts as (\n  select ${facts.join(',\n    ')}\n  from batch_files\n  ${joins.join('\n  ')}\n)`,
  ].join(',\n');
};
