import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runQuality } from '../../../functions/engine/quality.ts';
import { runTransform } from '../../../functions/engine/transform.ts';
import type { TransformSpec } from '../../../functions/pipeline/spec.ts';
import { compileRuleset } from '../../../functions/quality/compile.ts';
import { type Lake, land, openLake, qualitySpec, table, transformSpec } from './fixtures.ts';

let lake: Lake;
beforeEach(async () => {
  lake = await openLake();
});
afterEach(() => lake.close());

const validate = async (spec: TransformSpec, rules: string) => {
  const ruleset = compileRuleset(rules, { dataset: spec.dataset, columns: spec.table.columns });
  const transformed = await runTransform(lake.run(`t-${spec.batch}`), spec);
  return runQuality(lake.run(`q-${spec.batch}`), qualitySpec(spec, transformed, { ruleset }));
};

test('publishes the real listens by their own ruleset', async () => {
  const lineage = table.columns.slice(2);
  const spec = transformSpec(
    [
      await land(lake, 'data/streams/streams1.csv', await readFile('local/sample/streams1.csv'), {
        records: 11_346,
        header: ['user_id', 'track_id', 'listen_time'],
      }),
      await land(
        lake,
        'data/streams/streams2.csv',
        'user_id,track_id,listen_time\n0,short,2024-06-25 00:00:00\n',
        {
          records: 1,
          header: ['user_id', 'track_id', 'listen_time'],
        },
      ),
    ],
    {
      dataset: 'streams',
      columns: ['user_id', 'track_id', 'listen_time'],
      sql: `select cast(user_id as bigint) as user_id, track_id, cast(listen_time as timestamp) as listen_time,
        landed_file, landed_version, landed_at, batch_id from landed_streams`,
      table: {
        key: ['user_id', 'track_id', 'listen_time'],
        order: ['listen_time', 'user_id', 'track_id'],
        columns: [
          { name: 'user_id', type: 'bigint' },
          { name: 'track_id', type: 'varchar(64)' },
          { name: 'listen_time', type: 'timestamp' },
          ...lineage,
        ],
      },
    },
  );
  const { files } = await validate(spec, await readFile('rules/streams/quality.dqdl', 'utf8'));
  expect(files.map(({ outcome, rows }) => [outcome, rows])).toEqual([
    ['published', 11_346],
    ['rejected', 0],
  ]);
  expect(files[1]?.violations.map(({ rule, examples }) => [rule, examples.length])).toEqual([
    ['ColumnValues "user_id" > 0', 1],
    ['ColumnLength "track_id" = 22', 1],
  ]);
  expect(await lake.rows('select count(*), count(distinct user_id) from silver.streams')).toEqual([
    ['11346', '8956'],
  ]);
});

test('validates empty files, statements over one file and references', async () => {
  const known = transformSpec([await land(lake, 'k.csv', 'id,name\n1,x\n2,y\n', { records: 2 })], {
    dataset: 'people',
    batch: 'k',
  });
  await validate(known, 'Rules = [ RowCount > 0 ]');
  const files = [
    await land(lake, 'a.csv', 'id,name\n1,x\n', { records: 1 }),
    await land(lake, 'b.csv', 'id,name\n3,x\n', { records: 1 }),
    await land(lake, 'c.csv', 'id,name\n', { records: 0 }),
    await land(lake, 'd.csv', 'id,name\n1,x\n2,x\n', { records: 2 }),
  ];
  const sql = transformSpec([]).sql.replace('landed_people', 'landed_guests');
  const result = await validate(
    transformSpec(files, { dataset: 'guests', batch: 'g', sql }),
    `Rules = [
      RowCount > 0,
      (CustomSql "select count(*) from primary" < 2) or (ColumnValues "name" = "z"),
      ReferentialIntegrity "id" "people.id" = 1.0
    ]`,
  );
  expect(
    result.files.map(({ key, violations }) => [key, violations.map(({ rule }) => rule.split(' ')[0])]),
  ).toEqual([
    ['a.csv', []],
    ['b.csv', ['ReferentialIntegrity']],
    ['c.csv', expect.arrayContaining(['RowCount'])],
    ['d.csv', ['(CustomSql']],
  ]);
});
