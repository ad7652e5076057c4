import { beforeEach, describe, expect, test } from 'vitest';
import type { BatchIn } from '../../../../functions/pipeline/records/batch.ts';
import { patience } from '../../../../functions/pipeline/records/time.ts';
import {
  batchOfRun,
  failBatch,
  freeDataset,
  giveBack,
  retryParked,
  startRun,
  transformSpec,
} from '../../../../functions/pipeline/steps/batch-run.ts';
import { land, putManifest, transform } from '../../acts.ts';
import type { StoredBatch } from '../../records.ts';
import { batchIn, fileIn, goodBody, openStage, type Stage } from '../../stage.ts';

let stage: Stage;
let batch: StoredBatch;
let run: string;
beforeEach(async () => {
  stage = openStage();
  putManifest(stage);
  await land(stage, 'a', goodBody());
  await land(stage, 'b', goodBody(200));
  run = await transform(stage);
  batch = await batchIn(stage, 'plays-00000001');
});

test('finds the batch of a run, and none of a run or a batch that is unknown', async () => {
  expect(await batchOfRun(stage.ports, 'transform', run)).toMatchObject({ run: { id: run }, batch });
  expect(await batchOfRun(stage.ports, 'quality', run)).toBeUndefined();
  const strange = await stage.engine.jobs.start('transform', 'runs/x/transform.spec.json');
  expect(await batchOfRun(stage.ports, 'transform', strange)).toBeUndefined();
});

describe('starting a run', () => {
  test('lets one of two callers at once start it', async () => {
    const started = await Promise.all([
      startRun(stage.ports, 'quality', batch),
      startRun(stage.ports, 'quality', batch),
    ]);
    expect(started.filter(Boolean)).toHaveLength(1);
    expect(stage.engine.running()).toHaveLength(2);
  });

  test('leaves an intent alone until its time is over, then finds the run that was started', async () => {
    const started = await startRun(stage.ports, 'quality', batch);
    expect(await startRun(stage.ports, 'quality', await batchIn(stage, batch.id))).toBeUndefined();
    stage.pass(patience + 1);
    const again = await startRun(stage.ports, 'quality', await batchIn(stage, batch.id));
    expect(again?.patch).toEqual(started?.patch);
    expect(stage.engine.running()).toHaveLength(2);
  });

  test('starts another one when so many are known to have ended', async () => {
    const first = await startRun(stage.ports, 'quality', batch);
    stage.pass(patience + 1);
    const second = await startRun(stage.ports, 'quality', await batchIn(stage, batch.id), 1);
    expect(second?.patch).not.toEqual(first?.patch);
  });

  test('takes its intent back when the job is busy', async () => {
    for (const spec of ['x', 'y', 'z']) await stage.engine.jobs.start('quality', spec);
    expect(await startRun(stage.ports, 'quality', batch)).toBeUndefined();
    expect((await batchIn(stage, batch.id)).starting_at).toBeUndefined();
    stage.endRuns();
    expect(await startRun(stage.ports, 'quality', await batchIn(stage, batch.id))).toBeDefined();
  });
});

describe('a failed batch', () => {
  test('is failed by one of two callers at once, and counts once against its files', async () => {
    await Promise.all([failBatch(stage.ports, batch, 'first'), failBatch(stage.ports, batch, 'second')]);
    const [a, b] = await stage.ports.ledger.files.waiting('plays');
    expect([a, b]).toMatchObject([
      { state: 'accepted', failed_runs: 1, failed_alone: 0 },
      { state: 'accepted', failed_runs: 1, failed_alone: 0 },
    ]);
    expect(stage.announced.filter((one) => one.startsWith('Batch Failed'))).toHaveLength(1);
  });

  test('gives files back once', async () => {
    await failBatch(stage.ports, batch, 'why');
    await giveBack(stage.ports, (await batchIn(stage, batch.id)) as BatchIn<'failed'>);
    expect(await stage.ports.ledger.files.waiting('plays')).toMatchObject([
      { failed_runs: 1 },
      { failed_runs: 1 },
    ]);
  });

  test('frees the dataset for no one but itself', async () => {
    await freeDataset(stage.ports.ledger, { ...batch, id: 'plays-00000000' });
    expect(await stage.ports.ledger.leases.find('plays')).toMatchObject({ holder: batch.id });
    await freeDataset(stage.ports.ledger, batch);
    expect(await stage.ports.ledger.leases.find('plays')).toEqual({ name: 'plays', fence: 1 });
  });
});

test('gives parked files another chance, as if they had just been accepted', async () => {
  const late = await land(stage, 'c', goodBody(300));
  await stage.ports.ledger.files.move(late, 'parked', {
    reason: 'it failed',
    failed_runs: 4,
    failed_alone: 2,
    batch_limit: 1,
  });
  expect(await retryParked(stage.ports.ledger, 'plays')).toMatchObject([
    { key: late.key, state: 'accepted' },
  ]);
  expect(await fileIn(stage, late)).toMatchObject({ state: 'accepted', failed_runs: 0, failed_alone: 0 });
  expect((await fileIn(stage, late)).batch_limit).toBeUndefined();
  expect(await retryParked(stage.ports.ledger, 'plays')).toEqual([]);
});

test('says that a spec is gone', async () => {
  expect((await transformSpec(stage.ports.files, batch.id)).files).toHaveLength(2);
  await expect(transformSpec(stage.ports.files, 'x')).rejects.toThrow('the spec of batch x is gone');
});
