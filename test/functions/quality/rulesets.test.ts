import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileRuleset } from '../../../functions/quality/compile.ts';
import { type Bench, COLUMNS, openBench } from './ruleset-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const lineage = ['landed_file varchar', 'landed_version varchar', 'landed_at timestamp', 'batch_id varchar'];
const tableOf = (dataset: string, ...columns: string[]) => ({
  dataset,
  columns: [...columns, ...lineage].map((column) => {
    const [name = '', type = ''] = column.split(' ');
    return { name, type };
  }),
});
const tables = [
  tableOf('streams', 'user_id bigint', 'track_id varchar(22)', 'listen_time timestamp'),
  tableOf(
    'tracks',
    'track_id varchar(22)',
    'popularity bigint',
    'duration_ms bigint',
    'track_genre varchar(64)',
  ),
  tableOf(
    'listeners',
    'user_id bigint',
    'user_name varchar(64)',
    'user_age int',
    'user_country varchar(2)',
    'created_at date',
  ),
];

describe('the rulesets of rules/', () => {
  it.each(tables)('fit the table of $dataset', (table) => {
    const compiled = compileRuleset(readFileSync(`rules/${table.dataset}/quality.dqdl`, 'utf8'), table);
    expect(compiled.rules.map(({ number }) => number)).toEqual(compiled.rules.map((_, index) => index + 1));
    expect(compiled.references).toEqual([]);
  });
});

describe('compileRuleset', () => {
  it('validates nothing with an empty ruleset', async () => {
    expect((await bench.validate('Rules = []', { 'a.csv': [{ id: 1 }] })).outcomes).toEqual({});
  });

  it('gives each rule of each file one outcome', async () => {
    const { outcomes } = await bench.validate('Rules = [ RowCount > 1, IsUnique "id", ColumnExists "x" ]', {
      'a.csv': [{ id: 1 }, { id: 1 }],
      'b.csv': [],
    });
    expect(outcomes).toEqual({
      'a.csv': [
        { passed: true, metric: '2' },
        { passed: false, metric: '0' },
        { passed: false, metric: null },
      ],
      'b.csv': [
        { passed: false, metric: '0' },
        { passed: true, metric: null },
        { passed: false, metric: null },
      ],
    });
  });

  it('leaves the row count of repaired rows alone', async () => {
    const { outcomes } = await bench.validate('Rules = [ RowCount > 9 ]', {
      'a.csv': [{ id: 1 }],
      'a.csv#repair': [{ id: 1 }],
    });
    expect(outcomes['a.csv']).toEqual([{ passed: false, metric: '1' }]);
    expect(outcomes['a.csv#repair']).toEqual([{ passed: true, metric: '1' }]);
  });

  it('fails a CustomSql rule that has no outcome', async () => {
    const { outcomes: sql } = compileRuleset('Rules = [ CustomSql "select 1" = 1 ]', {
      dataset: 'people',
      columns: COLUMNS,
    });
    await bench.validate('Rules = [ RowCount > 0 ]', { 'a.csv': [] });
    const result = await bench.connection.runAndReadAll(sql);
    expect(result.getRowObjectsJson()).toMatchObject([{ rule_number: 1, passed: false, metric: null }]);
  });

  it('looks keys up in other tables, where a NULL is not found', async () => {
    await bench.connection.run(
      `create or replace table silver_users as select 1 as user_id, 'a' as user_name union all select 2, 'b'`,
    );
    const validate = async (rule: string) =>
      (
        await bench.validate(`Rules = [ ${rule} ]`, {
          'a.csv': [
            { id: 1, name: 'a' },
            { id: 2, name: 'x' },
            { id: 3, name: 'a' },
            { id: null, name: 'a' },
          ],
          'b.csv': [
            { id: 1, name: 'a' },
            { id: 1, name: 'a' },
          ],
          'c.csv': [],
        })
      ).outcomes;
    expect(await validate('ReferentialIntegrity "id" "users.user_id"')).toEqual({
      'a.csv': [{ passed: false, metric: '0.5' }],
      'b.csv': [{ passed: true, metric: '1' }],
      'c.csv': [{ passed: true, metric: null }],
    });
    expect(
      await validate('ReferentialIntegrity "id,name" "users.{user_id, user_name}" >= 0.25'),
    ).toMatchObject({
      'a.csv': [{ passed: true, metric: '0.25' }],
      'b.csv': [{ passed: true, metric: '1' }],
    });
    const table = { dataset: 'people', columns: COLUMNS };
    expect(compileRuleset('Rules = [ ReferentialIntegrity "id" "users.user_id" ]', table).references).toEqual(
      ['users'],
    );
  });

  it('writes texts and patterns as Spark reads them', () => {
    const rules = `Rules = [ ColumnValues "name" in ["it's", "a\\\\b"], ColumnValues "name" matches "\\d|b" where "name <> 'o''x'" ]`;
    const { outcomes } = compileRuleset(rules, { dataset: 'people', columns: COLUMNS }, { dialect: 'spark' });
    expect(outcomes).toContain(`"name" = 'it\\'s' or "name" = 'a\\\\b'`);
    expect(outcomes).toContain(`"name" rlike '(?d)\\\\A(?:\\\\d|b)\\\\z'`);
    expect(outcomes).toContain(`"name" <> 'o\\'x'`);
  });

  it('validates 20 files by 300 different rules in one query', async () => {
    const rules = Array.from({ length: 300 }, (_, index) => `ColumnValues "id" < ${index}`);
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, file) => [`${file}.csv`, [{ id: file }]]),
    );
    const { outcomes } = await bench.validate(`Rules = [\n${rules.join(',\n')}\n]`, files);
    for (let file = 0; file < 20; file++)
      expect(outcomes[`${file}.csv`]?.filter(({ passed }) => passed)).toHaveLength(299 - file);
  });
});
