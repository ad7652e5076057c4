import { beforeEach, describe, expect, test } from 'vitest';
import { datasetProblems } from '../../../cli/doctor/datasets.ts';
import { martProblems } from '../../../cli/doctor/marts.ts';
import type { Mart } from '../../../functions/warehouse/model.ts';
import { land, publish, putManifest, rebuild, show } from '../../functions/acts.ts';
import { bring, goodBody, manifest, openStage, type Stage } from '../../functions/stage.ts';

const hour = 3_600_000;
const inRules = JSON.stringify(manifest);

let stage: Stage;
beforeEach(() => {
  stage = openStage();
  putManifest(stage);
});

type Given = { readonly rules?: string; readonly catalog?: Stage['ports']['catalog'] };
const ofDataset = async ({ rules = inRules, catalog = stage.ports.catalog }: Given = {}) => {
  const { files, ledger, clock } = stage.ports;
  const ports = { files, ledger, catalog, now: clock.now(), manifests: new Map([['plays', rules]]) };
  const found = await datasetProblems({ ...ports, putsManifest: () => 'deploy' }, 'plays');
  return found.map(({ check, message, next }) => [check, message, next]);
};
const ofMart = async (changes: Partial<Mart> = {}) => {
  const { ledger, clock, catalog } = stage.ports;
  const mart = { ...catalog.marts.listening, ...changes } as Mart;
  const found = await martProblems({ ledger, now: clock.now(), deploys: 'deploy' }, mart);
  return found.map(({ check, message, next }) => [check, message, next]);
};

describe('of a dataset, doctor finds', () => {
  test('nothing where all is well', async () => {
    await land(stage, 'a', goodBody());
    await publish(stage);
    expect(await ofDataset()).toEqual([]);
  });

  test('files that have waited for more than an hour, and none that wait for less', async () => {
    await land(stage, 'a', goodBody());
    await land(stage, 'b', goodBody(200));
    expect(await ofDataset()).toEqual([]);
    stage.pass(hour);
    expect(await ofDataset()).toEqual([
      [
        'waiting',
        '2 files waited for more than an hour, the first is data/plays/a.csv since 2024-06-25 12:00:00',
        'npx soundcheck runs plays --open',
      ],
    ]);
  });

  test('parked files', async () => {
    await bring(stage, await land(stage, 'a', goodBody()), 'claimed', 'parked');
    expect(await ofDataset()).toEqual([
      [
        'parked',
        '1 file parked, because the runs failed twice while the file was alone',
        'npx soundcheck retry plays',
      ],
    ]);
  });

  test('files whose bytes are gone', async () => {
    const file = stage.lake.put('data/plays/a.csv', goodBody());
    const { registerVersions } = await import('../../../functions/pipeline/steps/validate-file.ts');
    await registerVersions(stage.ports, file.key, 'plays');
    await bring(stage, file, 'missing');
    expect(await ofDataset()).toEqual([
      ['missing', 'the bytes of 1 file are gone, the first is data/plays/a.csv', 'npx soundcheck land a.csv'],
    ]);
  });

  test('a manifest that is not in the lake, or is another one than in rules/', async () => {
    expect(await ofDataset({ rules: '{}' })).toEqual([
      ['manifest', 'data/plays/manifest.json differs from rules/plays/manifest.json', 'deploy'],
    ]);
    stage = openStage();
    expect(await ofDataset()).toEqual([
      ['manifest', 'data/plays/manifest.json is not in the lake', 'deploy'],
    ]);
  });

  test('rows that were made by other SQL', async () => {
    await land(stage, 'a', goodBody());
    await publish(stage);
    const { catalog } = stage.ports;
    const plays = { ...catalog.datasets.plays, sql: 'select id, day from elsewhere' };
    const changed = { ...catalog, datasets: { plays } } as typeof catalog;
    expect(await ofDataset({ catalog: changed })).toEqual([
      [
        'outdated',
        '2 rows of 1 file were made by another manifest, SQL or ruleset than is in force',
        'npx soundcheck reprocess plays',
      ],
    ]);
  });

  test('a batch that failed, while files wait for another', async () => {
    const file = await land(stage, 'a', goodBody());
    const { ledger, clock } = stage.ports;
    const lease = await ledger.leases.acquire(await ledger.leases.find('plays'), 'plays-00000001', '');
    await ledger.batches.open({
      ...{ id: 'plays-00000001', dataset: 'plays', fence: 1, state: 'transforming', rev: 1, files: 1 },
      opened_at: clock.now(),
    } as never);
    const batch = await ledger.batches.find('plays-00000001');
    if (!batch || !lease) throw new Error('no batch');
    await ledger.batches.move(batch, 'failed', { closed_at: clock.now(), reason: 'out of memory' } as never);
    expect(file.state).toBe('accepted');
    expect(await ofDataset()).toEqual([
      ['batch', 'batch plays-00000001 failed: out of memory', 'npx soundcheck runs plays'],
    ]);
  });

  test('pulls that are parked, given up or have not begun', async () => {
    const { ledger, clock, catalog } = stage.ports;
    const pulled = { ...catalog.datasets.plays, source: {} };
    const withSource = { ...catalog, datasets: { plays: pulled } } as never;
    const months = ['2024-01', '2024-02', '2024-03'];
    for (const month of months)
      await ledger.pulls.open({
        ...{ source: 'plays', from: `${month}-01`, to: `${month}-28`, state: 'asked', rev: 1, attempt: 1 },
        ...{ tries: 0, asked_at: clock.now() },
      });
    const [first, second] = await ledger.pulls.of('plays');
    if (!first || !second) throw new Error('no pulls');
    const at = { started_at: clock.now(), attempt: 1 };
    const [a, b] = [
      await ledger.pulls.move(first, 'pulling', at),
      await ledger.pulls.move(second, 'pulling', at),
    ];
    if (!a || !b) throw new Error('no pulls');
    await ledger.pulls.move(a, 'parked', { parked_at: clock.now(), reason: 'another server' } as never);
    await ledger.pulls.move(b, 'failed', { failed_at: clock.now(), reason: 'no answer' } as never);
    stage.pass(hour);
    expect(await ofDataset({ catalog: withSource })).toEqual([
      [
        'pull',
        'the pull 2024-01-01 to 2024-01-28 is parked: another server',
        'npx soundcheck pull plays --from 2024-01-01 --to 2024-01-28 --confirm',
      ],
      [
        'pull',
        'the pull 2024-02-01 to 2024-02-28 is given up: no answer',
        'npx soundcheck pull plays --from 2024-02-01 --to 2024-02-28',
      ],
      [
        'pull',
        'the pull 2024-03-01 to 2024-03-28 has not begun',
        'npx soundcheck pull plays --from 2024-03-01 --to 2024-03-28',
      ],
    ]);
  });
});

describe('of a mart, doctor finds', () => {
  beforeEach(async () => {
    await land(stage, 'a', goodBody());
    await publish(stage);
  });

  test('nothing where all is well', async () => {
    await show(stage);
    stage.pass(2 * hour);
    expect(await ofMart()).toEqual([]);
  });

  test('tables that are missing, or whose migration failed', async () => {
    const next = 'npx soundcheck retry --mart listening --tables';
    expect(await ofMart({ tables_hash: 'newer' })).toEqual([
      ['tables', 'the tables of the deployed models are not created yet', next],
    ]);
    const { migrations } = stage.ports.ledger;
    const applied = await migrations.find('listening');
    if (!applied) throw new Error('no migration');
    const begun = { seq: 2, version: 'tables', opened_at: stage.ports.clock.now() };
    const open = await migrations.move(applied, 'open', begun);
    if (!open) throw new Error('no migration');
    expect(await ofMart()).toEqual([]);
    stage.pass(hour);
    expect((await ofMart())[0]).toEqual([
      'tables',
      expect.stringContaining('migration listening-00000002 creates its tables since'),
      next,
    ]);
    const why = { closed_at: stage.ports.clock.now(), failure: 'sql', reason: 'no schema' } as const;
    await migrations.move(open, 'failed', why);
    expect((await ofMart())[0]?.[1]).toMatch(/^migration listening-00000002 .*failed.*: no schema$/);
  });

  test('a rebuild that failed', async () => {
    await rebuild(stage);
    const record = await stage.ports.ledger.rebuilds.find('listening-00000001');
    if (!record) throw new Error('no rebuild');
    const why = { closed_at: stage.ports.clock.now(), failure: 'sql', reason: 'a check failed' } as const;
    await stage.ports.ledger.rebuilds.move(record, 'failed', why);
    expect(await ofMart()).toEqual([
      [
        'rebuild',
        'rebuild listening-00000001 failed: a check failed',
        'npx soundcheck retry --mart listening',
      ],
    ]);
  });

  test('KPIs that lack batches of more than an hour ago', async () => {
    expect(await ofMart()).toEqual([]);
    stage.pass(hour);
    expect(await ofMart()).toEqual([
      [
        'KPIs',
        'the KPIs lack 1 batch of more than an hour ago, the first is plays-00000001',
        'npx soundcheck retry --mart listening',
      ],
    ]);
  });

  test('SQL that is not deployed', async () => {
    await show(stage);
    expect(await ofMart({ hash: 'two' })).toEqual([
      ['deployed', 'rebuild listening-00000001 ran other SQL than this project has', 'deploy'],
    ]);
  });
});
