import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QualitySpec } from '../../functions/pipeline/spec.ts';
import type { SparkWorker } from '../../local/engines/spark/worker.ts';
import { describeInstalled } from '../spark/installed.ts';
import { silver, stagePeople } from './people.ts';
import { openQualityLake, type QualityLake } from './quality-lake.ts';

const minutes = 60_000;

describeInstalled('a quality run that dies, or is not alone', (installation) => {
  let lake: QualityLake;
  const others: SparkWorker[] = [];
  beforeAll(async () => {
    if (installation) lake = await openQualityLake(installation);
  }, 5 * minutes);
  afterAll(async () => {
    await Promise.all(others.map((worker) => worker.kill()));
    await lake?.close();
  });
  const otherWorker = (): SparkWorker => {
    const worker = lake.startWorker();
    others.push(worker);
    return worker;
  };

  const expectOnce = async (spec: QualitySpec, rows: unknown[][]): Promise<void> => {
    const { dataset, batch } = spec;
    const { run } = await lake.validate(spec, { run: 'after' });
    expect(run).toBe('killed');
    expect(await silver(lake, dataset)).toEqual(rows);
    const refs = await lake.sql(`select name from lake.silver.${dataset}.refs`);
    expect(refs).toEqual([{ name: 'main' }]);
    const shown = await lake.sql(
      `select count(*) as n from lake.silver.${dataset}.history h join lake.silver.${dataset}.snapshots s using (snapshot_id) where s.summary['batch-id'] = '${batch}'`,
    );
    expect(shown).toEqual([{ n: 1 }]);
  };

  test.each<readonly [string, string, string]>([
    ['between the commits of its branch', 'before-append', 'kill='],
    ['while it moves main', 'during-fast-forward', 'kill-after=0.03'],
    // Here end-to-end/spark-kills kills a run by default.
    ...(process.env.SPARK_KILLS === 'all'
      ? ([['after it has moved main', 'after-fast-forward', 'kill=']] as const)
      : []),
  ])(
    'is finished by the next run of its spec when it is killed %s',
    async (_, moment, deed) => {
      const dataset = `killed_${moment.replaceAll('-', '_')}`;
      await lake.validate(await stagePeople(lake, dataset, 1, { 'a.csv': [[1, 'x']], 'b.csv': [[2, 'x']] }));
      const spec = await stagePeople(lake, dataset, 2, {
        'a.csv': [
          [1, 'y'],
          [3, 'y'],
        ],
        'c.csv': [[4, null]],
      });
      const worker = otherWorker();
      await expect(lake.validate(spec, { run: 'killed', worker, meddling: [moment, deed] })).rejects.toThrow(
        'ended',
      );
      await expectOnce(spec, [
        [1, 'y', 'a.csv', 'v2'],
        [2, 'x', 'b.csv', 'v1'],
        [3, 'y', 'a.csv', 'v2'],
      ]);
    },
    10 * minutes,
  );

  test(
    'publishes once when two processes run a batch at the same time, on a table that neither finds',
    async () => {
      const spec = await stagePeople(lake, 'twice', 1, {
        'a.csv': [
          [1, 'x'],
          [2, 'y'],
        ],
        'b.csv': [[3, null]],
      });
      const worker = otherWorker();
      await worker.ready;
      const results = await Promise.all([
        lake.validate(spec, { run: 'one' }),
        lake.validate(spec, { run: 'two', worker }),
      ]);
      expect(results[0]).toEqual(results[1]);
      expect(await silver(lake, 'twice')).toEqual([
        [1, 'x', 'a.csv', 'v1'],
        [2, 'y', 'a.csv', 'v1'],
      ]);
      expect(await lake.sql('select name from lake.silver.twice.refs')).toEqual([{ name: 'main' }]);
    },
    10 * minutes,
  );
});
