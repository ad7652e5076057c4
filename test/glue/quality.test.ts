import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QualitySpec } from '../../functions/pipeline/spec.ts';
import { compileRuleset } from '../../functions/quality/compile.ts';
import { describeInstalled } from '../spark/installed.ts';
import { completeNames, type Person, silver, stagePeople } from './people.ts';
import { openQualityLake, type QualityLake } from './quality-lake.ts';

const minutes = 60_000;

/** Signs that Spark and Iceberg take for patterns, partitions and escapes. A DuckDB database takes no question mark, and Spark no comma. */
const oddName = "id=77 [x]*{ab}'%41 ü 音 ";

describeInstalled('the quality gate on Spark', (installation) => {
  let lake: QualityLake;
  beforeAll(async () => {
    if (installation) lake = await openQualityLake(installation, oddName);
  }, 5 * minutes);
  afterAll(() => lake?.close());

  const failsAll = (examples: string): QualitySpec['ruleset'] => ({
    rules: [{ number: 1, text: 'Fails' }],
    customs: [],
    outcomes:
      'select landed_file, 1 as rule_number, false as passed, cast(null as varchar(64)) as metric from batch_files',
    examples: [{ number: 1, sql: examples }],
    references: [],
  });

  test(
    'quarantines one file of fifty with rule, metric and examples, as DuckDB does',
    async () => {
      const files: Record<string, Person[]> = {};
      for (let n = 0; n < 50; n += 1) {
        files[`${n}.csv`] = Array.from(
          { length: 8 },
          (_, i) => [n * 10 + i, n === 17 ? null : `it's \\${i}`] as const,
        );
      }
      const spec = await stagePeople(lake, 'fifty', 1, files);
      const result = await lake.validate(spec);
      expect(result).toEqual(await lake.validateOnDuckdb(spec));
      const [rejected, ...more] = result.files.filter(({ outcome }) => outcome === 'rejected');
      expect(more).toEqual([]);
      expect(rejected).toMatchObject({
        key: 'data/people/17.csv',
        rows: 0,
        violations: [{ rule: 'IsComplete "name"', metric: '8' }],
      });
      expect(rejected?.violations[0]?.examples.map(({ id }) => id)).toEqual([
        '170',
        '171',
        '172',
        '173',
        '174',
      ]);
      const mine = await lake.sql(
        'select id, name, landed_file, landed_version, landed_at, batch_id from lake.silver.fifty order by id',
      );
      const theirs = await lake.query(
        'select id::int as id, name, landed_file, landed_version, landed_at, batch_id from silver.fifty order by id',
      );
      expect(mine).toHaveLength(392);
      expect(mine).toEqual(theirs.map((row) => ({ ...row, landed_at: `${row.landed_at}000` })));
    },
    5 * minutes,
  );

  test(
    "shows examples in DuckDB's words, no long value and no personal one",
    async () => {
      const values = `
        (1.5, 0.1::double, 12.50::decimal(10, 2), date '2024-06-25', timestamp '2024-06-25 10:00:00', true, '${'x'.repeat(150)}'),
        (-3, 1e20, -0.05, date '1969-12-31', timestamp '2024-06-25 10:00:00.000001', false, '${'🎵'.repeat(101)}'),
        (4, 1e-7, 0.00, date '0999-01-01', timestamp '1969-12-31 23:59:59.5', true, 'Zoë'),
        (5, 123456789012345680.0, 99999999.99, date '9999-12-31', timestamp '2024-06-25 10:00:00.12', true, ''),
        (5, 1e15, 99999999.99, date '9999-12-31', timestamp '2024-06-25 10:00:00.12', true, ''),
        (null, null, null, null, null, null, null)`;
      const spec = await stagePeople(
        lake,
        'texts',
        1,
        { 'a.csv': [] },
        { ruleset: failsAll('select * from staged'), pii: ['day'] },
      );
      const columns = [
        'id bigint',
        'ratio double precision',
        'price decimal(10,2)',
        'day date',
        'seen timestamp',
        'known boolean',
        'name varchar(200)',
      ];
      const table = {
        ...spec.table,
        columns: [
          ...columns.map((column) => ({
            name: column.split(' ')[0] ?? '',
            type: column.slice(column.indexOf(' ') + 1),
          })),
          ...spec.table.columns.slice(2),
        ],
      };
      const typed: QualitySpec = {
        ...spec,
        table,
        files: spec.files.map((file) => ({ ...file, staged: 6 })),
      };
      await lake.stage(
        typed,
        `select cast(id as bigint) as id, ratio, price, day, seen, known, name, 'data/people/a.csv' as landed_file, 'v1' as landed_version,
          timestamp '2024-06-25 12:00:00' as landed_at, 'b' as batch_id
        from (values ${values}) as values_of(id, ratio, price, day, seen, known, name)`,
      );
      const result = await lake.validate(typed);
      expect(result).toEqual(await lake.validateOnDuckdb(typed));
      const examples = result.files[0]?.violations[0]?.examples ?? [];
      expect(examples.map(({ ratio }) => ratio)).toEqual([
        '1e+20',
        '0.1',
        '1e-07',
        '1000000000000000.0',
        '1.2345678901234568e+17',
      ]);
      expect(examples.map(({ day }) => day)).toEqual(Array(5).fill('***'));
      expect(examples[0]?.name).toBe('🎵'.repeat(100));
      expect(await lake.sql('select * from lake.silver.texts.snapshots')).toEqual([]);
    },
    5 * minutes,
  );

  test(
    'validates empty files, statements over one file and references as DuckDB does',
    async () => {
      const source = `Rules = [
        RowCount > 0,
        (CustomSql "select count(*) from primary" < 2) or (ColumnValues "name" = "z"),
        ReferentialIntegrity "id" "known.id" = 1.0
      ]`;
      const known = await stagePeople(lake, 'known', 1, {
        'k.csv': [
          [1, 'x'],
          [2, 'y'],
        ],
      });
      const spec = await stagePeople(lake, 'guests', 1, {
        'a.csv': [[1, 'x']],
        'b.csv': [[3, 'x']],
        'c.csv': [],
        'd.csv': [
          [1, 'x'],
          [2, 'x'],
        ],
      });
      const compiled = (dialect: 'spark' | 'duckdb'): QualitySpec => ({
        ...spec,
        ruleset: compileRuleset(source, { dataset: 'guests', columns: spec.table.columns }, { dialect }),
      });
      await expect(lake.validate(compiled('spark'))).rejects.toThrow(
        /not published: .*refers to known.*publish it first/,
      );
      await lake.validate(known);
      await lake.validateOnDuckdb(known);
      const { files } = await lake.validate(compiled('spark'), { run: 'q1' });
      expect(files).toEqual((await lake.validateOnDuckdb(compiled('duckdb'))).files);
      expect(files.map(({ violations }) => violations.map(({ rule }) => rule.split(' ')[0]))).toEqual([
        [],
        ['ReferentialIntegrity'],
        expect.arrayContaining(['RowCount']),
        ['(CustomSql'],
      ]);
    },
    5 * minutes,
  );

  test(
    'stops where the spec, the staged rows and the ruleset do not fit each other',
    async () => {
      const spec = await stagePeople(lake, 'unfit', 1, { 'a.csv': [[1, 'x']], 'b.csv': [[2, 'y']] });
      const rejected = async (changes: Partial<QualitySpec>, message: string | RegExp): Promise<void> => {
        await expect(lake.validate({ ...spec, ...changes })).rejects.toThrow(message);
      };
      const [a, b] = spec.files as [QualitySpec['files'][number], QualitySpec['files'][number]];
      await rejected({ files: [a, a] }, 'not published: data/people/a.csv is in the batch twice');
      await rejected({ files: [a] }, 'not published: data/people/b.csv: 1 rows staged, 0 expected');
      await rejected(
        { files: [a, { ...b, staged: 2 }] },
        'not published: data/people/b.csv: 1 rows staged, 2 expected',
      );
      await rejected(
        { staged: 'staging/nowhere/' },
        'not published: nothing is staged under staging/nowhere/;',
      );
      await rejected(
        { ruleset: { ...completeNames, outcomes: `${completeNames.outcomes} where false` } },
        'gave 0 outcomes for 2',
      );
      await lake.corrupt(spec);
      await rejected({}, /not published: .*not a Parquet file/);
      expect(await lake.readJson(`runs/${spec.batch}/quality.verdicts.json`)).toBeUndefined();
      expect(await silver(lake, 'unfit')).toEqual([]);
    },
    5 * minutes,
  );
});
