import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EngineRun } from '../../../functions/engine/engine.ts';
import { runQuality } from '../../../functions/engine/quality.ts';
import { createSilver } from '../../../functions/engine/silver.ts';
import { runTransform } from '../../../functions/engine/transform.ts';
import type { QualitySpec, SpecFile, TransformSpec } from '../../../functions/pipeline/spec.ts';
import { type Lake, land, nameIsComplete, openLake, qualitySpec, table, transformSpec } from './fixtures.ts';

let lake: Lake;
beforeEach(async () => {
  lake = await openLake();
});
afterEach(() => lake.close());

const csv = (rows: readonly (readonly [number, string])[]) =>
  `id,name\n${rows.map(([id, name]) => `${id},${name}\n`).join('')}`;

const landRows = (key: string, rows: readonly (readonly [number, string])[], version = 'v1') =>
  land(lake, `data/people/${key}.csv`, csv(rows), { records: rows.length }, version);

/** Transforms the files and makes the spec of the quality run. */
const staged = async (
  files: SpecFile[],
  fence: number,
  changes: Partial<TransformSpec> = {},
): Promise<QualitySpec> => {
  const spec = transformSpec(files, { batch: `people-${fence}`, fence, ...changes });
  return qualitySpec(spec, await runTransform(lake.run(`t${fence}`), spec));
};

const silver = () =>
  lake.rows('select id, name, landed_file, landed_version from silver.people order by all');

describe('the gate', () => {
  test('quarantines one file of fifty with rule, metric and examples, and publishes the others', async () => {
    const files: SpecFile[] = [];
    for (let n = 0; n < 50; n += 1) {
      const rows = Array.from({ length: 8 }, (_, i) => [n * 10 + i, n === 17 ? '' : `name ${i}`] as const);
      files.push(await landRows(String(n), rows));
    }
    const result = await runQuality(lake.run('q1'), await staged(files, 1));
    expect(result.files.filter(({ outcome }) => outcome === 'published')).toHaveLength(49);
    const rejected = result.files.find(({ outcome }) => outcome === 'rejected');
    expect(rejected).toMatchObject({
      key: 'data/people/17.csv',
      rows: 0,
      violations: [{ rule: 'IsComplete "name"', metric: '8' }],
    });
    expect(rejected?.violations[0]?.examples).toHaveLength(5);
    expect(rejected?.violations[0]?.examples[0]).toMatchObject({
      id: '170',
      name: null,
      landed_file: 'data/people/17.csv',
    });
    expect(await lake.rows('select count(*), count(distinct landed_file) from silver.people')).toEqual([
      ['392', '49'],
    ]);
  });

  test('shows no personal value and no long one', async () => {
    const spec = await staged(
      [
        await landRows('a', [
          [1, 'x'.repeat(150)],
          [2, 'Ann'],
        ]),
      ],
      1,
    );
    const ruleset = {
      ...nameIsComplete,
      outcomes:
        'select landed_file, 1 as rule_number, false as passed, cast(null as varchar) as metric from batch_files',
      examples: [{ number: 1, sql: 'select * from staged' }],
    };
    const shown = await runQuality(lake.run('q1'), { ...spec, ruleset });
    expect(shown.files[0]?.violations[0]?.examples.map(({ name }) => name)).toEqual(['x'.repeat(100), 'Ann']);
    const hidden = await runQuality(lake.run('q2'), { ...spec, batch: 'people-2', ruleset, pii: ['name'] });
    expect(JSON.stringify(hidden)).not.toMatch(/Ann|xxx/);
    expect(hidden.files[0]?.violations[0]?.examples[0]).toMatchObject({ id: '1', name: '***' });
  });

  test('validates an empty file too', async () => {
    const spec = await staged([await landRows('a', []), await landRows('b', [[1, 'x']])], 1);
    const ruleset = {
      ...nameIsComplete,
      outcomes: `
        select f.landed_file, 1 as rule_number, count(s.id) > 0 as passed, cast(count(s.id) as varchar) as metric
        from batch_files as f left join staged as s on s.landed_file = f.landed_file group by f.landed_file`,
    };
    const { files } = await runQuality(lake.run('q1'), { ...spec, ruleset });
    expect(files.map(({ outcome, rows }) => [outcome, rows])).toEqual([
      ['rejected', 0],
      ['published', 1],
    ]);
  });

  test('runs CustomSql on one file at a time and offers other silver tables', async () => {
    await runQuality(lake.run('q1'), await staged([await landRows('known', [[1, 'x']])], 1));
    const spec = await staged(
      [
        await landRows('a', [[1, 'x']]),
        await landRows('b', [
          [1, 'x'],
          [2, 'y'],
        ]),
      ],
      2,
    );
    const ruleset = {
      rules: [{ number: 1, text: 'CustomSql' }],
      customs: [
        {
          atom: 3,
          sql: 'select cast(count(*) as double) as metric, count(*) = 0 as passed from "primary" where id not in (select id from silver_people)',
        },
      ],
      outcomes:
        'select landed_file, 1 as rule_number, passed, cast(metric as varchar) as metric from custom_outcomes where atom = 3',
      examples: [],
      references: ['people'],
    };
    const { files } = await runQuality(lake.run('q2'), { ...spec, ruleset });
    expect(files.map(({ outcome }) => outcome)).toEqual(['published', 'rejected']);
    expect(files[1]?.violations).toEqual([{ rule: 'CustomSql', metric: '1.0', examples: [] }]);
  });

  test('fails rather than passing a file that the rules say nothing about', async () => {
    const spec = await staged([await landRows('a', [[1, 'x']])], 1);
    const ruleset = { ...nameIsComplete, outcomes: `${nameIsComplete.outcomes} where false` };
    await expect(runQuality(lake.run('q1'), { ...spec, ruleset })).rejects.toThrow('gave 0 outcomes for 1');
  });

  test('publishes a batch none of whose files passed, empty', async () => {
    const spec = await staged([await landRows('a', [[1, '']])], 1);
    expect((await runQuality(lake.run('q1'), spec)).files[0]?.outcome).toBe('rejected');
    expect(await silver()).toEqual([]);
    expect(await lake.rows('select batch_id, cast(fence as integer) from silver.published_batches')).toEqual([
      ['people-1', 1],
    ]);
  });
});

describe('publishing', () => {
  test('replaces all versions of a key by the corrected one', async () => {
    await runQuality(
      lake.run('q1'),
      await staged(
        [
          await landRows('a', [
            [1, 'x'],
            [2, 'y'],
          ]),
          await landRows('b', [[3, 'z']]),
        ],
        1,
      ),
    );
    await runQuality(lake.run('q2'), await staged([await landRows('a', [[1, 'w']], 'v2')], 2));
    expect(await silver()).toEqual([
      ['1', 'w', 'data/people/a.csv', 'v2'],
      ['3', 'z', 'data/people/b.csv', 'v1'],
    ]);
  });

  test('retracts what hangs on a key with it, and nothing else', async () => {
    const repair = 'data/people/a.csv#repair';
    const publishRow = async (fence: number, key: string, id: number): Promise<void> => {
      const body = csv([[id, 'x']]);
      const file = await land(lake, key, body, { records: 1 }, `v${fence}`);
      await runQuality(lake.run(`q${fence}`), await staged([file], fence));
    };
    const ids = async () => (await silver()).map(([id]) => id);
    await publishRow(1, 'data/people/a.csv', 1);
    await publishRow(2, repair, 2);
    await publishRow(3, `${repair}#repair`, 3);
    await publishRow(4, 'data/people/a.csv2', 4);
    expect(await ids()).toEqual(['1', '2', '3', '4']);
    await publishRow(5, repair, 5);
    expect(await ids()).toEqual(['1', '4', '5']);
    await publishRow(6, 'data/people/a.csv', 6);
    expect(await ids()).toEqual(['4', '6']);
  });

  test('leaves what hangs on a file that is reprocessed, and replaces its own rows', async () => {
    const publishRow = async (fence: number, key: string, id: number, reprocessed = false): Promise<void> => {
      const file = await land(lake, key, csv([[id, 'x']]), { records: 1 }, `v${fence}`);
      const spec = await staged([file], fence);
      const files = spec.files.map((one) => ({ ...one, reprocessed }));
      await runQuality(lake.run(`q${fence}`), { ...spec, files });
    };
    await publishRow(1, 'data/people/a.csv', 1);
    await publishRow(2, 'data/people/a.csv#repair', 2);
    await publishRow(3, 'data/people/a.csv', 3, true);
    expect((await silver()).map(([id]) => id)).toEqual(['2', '3']);
  });

  test('says of a batch that it is not published only when that is known', async () => {
    const spec = await staged([await landRows('a', [[1, 'x']])], 1);
    const broken = { ...spec, staged: 'staging/nowhere/' };
    await expect(runQuality(lake.run('q1'), broken)).rejects.toThrow(/^not published: staging\/nowhere/);
    const stopped = { ...lake.run('q2'), signal: AbortSignal.abort(new Error('stopped')) };
    await expect(runQuality(stopped, spec)).rejects.toThrow(/^stopped$/);
  });

  test('leaves the old rows when the correction is rejected', async () => {
    await runQuality(lake.run('q1'), await staged([await landRows('a', [[1, 'x']])], 1));
    await runQuality(lake.run('q2'), await staged([await landRows('a', [[1, '']], 'v2')], 2));
    expect(await silver()).toEqual([['1', 'x', 'data/people/a.csv', 'v1']]);
  });

  test('publishes once when two runs of a batch work at the same time', async () => {
    const spec = await staged(
      [
        await landRows('a', [
          [1, 'x'],
          [2, 'y'],
        ]),
      ],
      1,
    );
    const results = await Promise.all(['q1', 'q2', 'q3', 'q4'].map((id) => runQuality(lake.run(id), spec)));
    for (const result of results) expect(result).toEqual(results[0]);
    expect(await silver()).toHaveLength(2);
    expect(await lake.store.readJson('runs/people-1/quality.result.json')).toEqual(results[0]);
  });

  test('gives the same result again when the process died before it was written', async () => {
    const spec = await staged([await landRows('a', [[1, '']]), await landRows('b', [[2, 'y']])], 1);
    const first = await runQuality(lake.run('q1'), spec);
    lake.forget('runs/people-1/quality.result.json');
    lake.forget(`${spec.staged}part-00000.parquet`);
    expect(await runQuality(lake.run('q2'), spec)).toEqual(first);
    expect(await lake.store.readJson('runs/people-1/quality.result.json')).toEqual(first);
  });

  test('rejects a batch whose fence is older than what was published', async () => {
    const zombie = await staged([await landRows('a', [[1, 'old']])], 1);
    await runQuality(lake.run('q2'), await staged([await landRows('a', [[1, 'new']], 'v2')], 2));
    await expect(runQuality(lake.run('q1'), zombie)).rejects.toThrow(
      'holds fence 1, but fence 2 has published',
    );
    expect(await silver()).toEqual([['1', 'new', 'data/people/a.csv', 'v2']]);
    expect(await lake.store.readJson('runs/people-1/quality.result.json')).toBeUndefined();
  });

  test('lets only the newer of two batches that publish at once have the last word', async () => {
    const older = await staged([await landRows('a', [[1, 'old']])], 1);
    const newer = await staged([await landRows('a', [[1, 'new']], 'v2')], 2);
    await Promise.allSettled([runQuality(lake.run('q1'), older), runQuality(lake.run('q2'), newer)]);
    expect(await silver()).toEqual([['1', 'new', 'data/people/a.csv', 'v2']]);
  });

  test('takes an error of a commit that succeeded for the success it was', async () => {
    const spec = await staged([await landRows('a', [[1, 'x']])], 1);
    expect((await runQuality(losingCommit(lake.run('q1')), spec)).files[0]?.outcome).toBe('published');
    expect(await silver()).toHaveLength(1);
  });

  test('undoes everything when the rows do not add up', async () => {
    await runQuality(lake.run('q1'), await staged([await landRows('a', [[1, 'x']])], 1));
    const spec = await staged(
      [
        await landRows(
          'a',
          [
            [1, 'y'],
            [2, 'z'],
          ],
          'v2',
        ),
      ],
      2,
    );
    const files = spec.files.map((file) => ({ ...file, staged: 3 }));
    await expect(runQuality(lake.run('q2'), { ...spec, files })).rejects.toThrow(
      'data/people/a.csv: 2 rows staged, 3 expected',
    );
    await expect(runQuality(doublingInserts(lake.run('q2')), spec)).rejects.toThrow(
      'data/people/a.csv: 4 rows in the silver table, 2 expected',
    );
    expect(await silver()).toEqual([['1', 'x', 'data/people/a.csv', 'v1']]);
  });

  test('keeps datasets apart', async () => {
    await runQuality(lake.run('q1'), await staged([await landRows('a', [[1, 'x']])], 7));
    const sql = transformSpec([]).sql.replace('landed_people', 'landed_pets');
    await runQuality(
      lake.run('q2'),
      await staged([await landRows('a', [[1, 'rex']])], 1, { dataset: 'pets', batch: 'pets-1', sql }),
    );
    expect(await lake.rows('select name from silver.pets')).toEqual([['rex']]);
    expect(await silver()).toHaveLength(1);
  });
});

describe('the silver table', () => {
  const evolved: TransformSpec['table'] = {
    ...table,
    columns: [
      { name: 'id', type: 'decimal(20,0)' },
      { name: 'age', type: 'integer' },
      ...table.columns.slice(1),
    ],
  };

  test('gets new columns and changed types', async () => {
    await runQuality(lake.run('q1'), await staged([await landRows('a', [[1, 'x']])], 1));
    const sql =
      'select cast(id as decimal(20,0)) as id, 42 as age, name, landed_file, landed_version, landed_at, batch_id from landed_people';
    await runQuality(
      lake.run('q2'),
      await staged([await landRows('b', [[2, 'y']])], 2, { sql, table: evolved }),
    );
    expect(await lake.rows('select id, name, age from silver.people order by id')).toEqual([
      ['1', 'x', null],
      ['2', 'y', 42],
    ]);
  });

  test('keeps its type where published rows cannot take another, and says what to do', async () => {
    await runQuality(lake.run('q1'), await staged([await landRows('a', [[1, 'x']])], 1));
    const columns = table.columns.map((column) =>
      column.name === 'name' ? { ...column, type: 'bigint' } : column,
    );
    const connection = await lake.run('q2').connect();
    await expect(createSilver(connection, 'people', { ...table, columns })).rejects.toThrow(
      /^sql\/silver\/people\.sql: name was VARCHAR, now it is bigint, which published rows cannot take; give/,
    );
    connection.closeSync();
    expect(await silver()).toEqual([['1', 'x', 'data/people/a.csv', 'v1']]);
  });

  test('is created again without harm', async () => {
    const connection = await lake.run('q1').connect();
    await createSilver(connection, 'people', table);
    await createSilver(connection, 'people', table);
    connection.closeSync();
    expect(await silver()).toEqual([]);
  });
});

/** A run whose statements pass through a spy. */
const spying = (
  run: EngineRun,
  around: (sql: string, send: (sql: string) => Promise<unknown>) => Promise<unknown>,
): EngineRun => ({
  ...run,
  connect: async () => {
    const connection = await run.connect();
    const send = connection.run.bind(connection);
    return Object.assign(connection, { run: (sql: string) => around(sql, send) });
  },
});

const losingCommit = (run: EngineRun) =>
  spying(run, async (sql, send) => {
    const answer = await send(sql);
    if (sql === 'commit') throw new Error('the answer was lost');
    return answer;
  });

const doublingInserts = (run: EngineRun) =>
  spying(run, async (sql, send) => {
    if (sql.startsWith('insert into silver."people"')) await send(sql);
    return send(sql);
  });
