import { beforeEach, expect, test } from 'vitest';
import { batchEvent, fileEvent, lookAgain } from '../../functions/pipeline/events.ts';
import { fileId } from '../../functions/pipeline/lake-keys.ts';
import type { FileRecord } from '../../functions/pipeline/records/file.ts';
import { patience } from '../../functions/pipeline/records/time.ts';
import { TransformSpec } from '../../functions/pipeline/spec.ts';
import { runTransform } from '../../functions/run-transform.ts';
import { land, putManifest, quarantineRow, transform } from './acts.ts';
import { ledgerWith } from './partly.ts';
import { batchIn, fileIn, goodBody, openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
  putManifest(stage);
});

const id = 'plays-00000001';
const wake = (failed?: string) =>
  runTransform(stage.ports)(
    failed === undefined
      ? fileEvent('File Accepted', { dataset: 'plays', key: 'data/plays/a.csv', version: 'v1' })
      : batchEvent('Batch Failed', { dataset: 'plays', id: failed }),
  );
const specOf = (batch: string): TransformSpec =>
  TransformSpec.parse(JSON.parse(stage.lake.newest(`runs/${batch}/transform.spec.json`)?.body ?? '{}'));

test('opens one batch of all waiting files and starts its run', async () => {
  const files = [await land(stage, 'a', goodBody()), await land(stage, 'b', goodBody(200))];
  const run = await transform(stage);
  expect(specOf(id)).toMatchObject({
    batch: id,
    fence: 1,
    columns: ['id', 'day'],
    files: files.map(({ key, version, facts }) => ({ key, version, facts })),
  });
  expect(await batchIn(stage, id)).toMatchObject({ state: 'transforming', files: 2, transform_run: run });
  for (const file of files)
    expect(await fileIn(stage, file)).toMatchObject({ state: 'claimed', batch_id: id, fence: 1 });
  expect(stage.engine.running()).toMatchObject([{ spec: `runs/${id}/transform.spec.json` }]);
});

test('does nothing more when the event comes twice, also much later', async () => {
  await land(stage, 'a', goodBody());
  await wake();
  await wake();
  stage.pass(4 * patience);
  await wake();
  await land(stage, 'b', goodBody(200));
  await wake();
  expect(stage.engine.running()).toHaveLength(1);
  expect(specOf(id).files).toHaveLength(1);
});

test('opens nothing when no file waits, or the dataset has no SQL', async () => {
  await wake();
  expect(await stage.ports.ledger.leases.find('plays')).toEqual({ name: 'plays', fence: 0 });
  await runTransform(stage.ports)(lookAgain('dataset', 'unknown'));
  expect(stage.logged.at(-1)).toMatchObject({ level: 'error', facts: { dataset: 'unknown' } });
  expect(stage.engine.running()).toEqual([]);
});

test('says why files of a dataset without SQL wait, until it is deployed', async () => {
  const file = await land(stage, 'a', goodBody());
  const deployed = stage.ports.catalog;
  stage.ports.catalog = { ...deployed, datasets: {} };
  await wake();
  const reason = 'waits until sql/silver/plays.sql is deployed';
  expect(await fileIn(stage, file)).toMatchObject({ state: 'accepted', reason });
  stage.ports.catalog = deployed;
  await wake();
  const claimed = await fileIn(stage, file);
  expect([claimed?.state, claimed?.reason]).toEqual(['claimed', undefined]);
});

test('sends files that were validated under another manifest back to be validated', async () => {
  const file = await land(stage, 'a', goodBody());
  putManifest(stage, { purpose: 'changed' });
  await wake();
  expect(await fileIn(stage, file)).toMatchObject({ state: 'landed' });
  expect(stage.invoked).toEqual([{ name: 'validate-landing', command: lookAgain('file', fileId(file)) }]);
  expect(stage.engine.running()).toEqual([]);
  expect(await stage.ports.ledger.leases.find('plays')).toEqual({ name: 'plays', fence: 0 });
});

test.each([
  ['validates a file again whose clean copy the lake may have deleted while it waited', 13, 'landed'],
  ['takes one whose clean copy is still there', 11, 'claimed'],
])('%s', async (_, days, state) => {
  const file = await quarantineRow(stage, await land(stage, 'a', goodBody()));
  stage.pass(days * 86_400_000);
  await wake();
  expect(await fileIn(stage, file)).toMatchObject({ state });
  expect(stage.invoked.map(({ name }) => name)).toEqual(state === 'landed' ? ['validate-landing'] : []);
});

test('takes a file without a clean copy, however long it has waited', async () => {
  const file = await land(stage, 'a', goodBody());
  stage.pass(300 * 86_400_000);
  await wake();
  expect(await fileIn(stage, file)).toMatchObject({ state: 'claimed' });
});

test('waits for files that are about to be validated, for a while', async () => {
  const file = await land(stage, 'a', goodBody());
  await stage.ports.ledger.files.register({
    ...file,
    key: 'data/plays/b.csv',
    state: 'landed',
    rev: 1,
  } as FileRecord);
  const before = Date.parse(stage.ports.clock.now());
  await wake();
  const waited = Date.parse(stage.ports.clock.now()) - before;
  expect(waited).toBeGreaterThanOrEqual(stage.ports.batchWindow);
  expect(waited).toBeLessThan(2 * stage.ports.batchWindow);
  expect(specOf(id).files).toHaveLength(1);
});

test('waits as well for files in landing that no function has got to', async () => {
  await land(stage, 'a', goodBody());
  stage.lake.put('data/plays/b.csv', goodBody(200));
  const before = Date.parse(stage.ports.clock.now());
  await wake();
  expect(Date.parse(stage.ports.clock.now()) - before).toBeGreaterThanOrEqual(stage.ports.batchWindow);
  expect(specOf(id).files).toHaveLength(1);
});

test('claims a file that someone else is claiming for the same batch', async () => {
  const file = await land(stage, 'a', goodBody());
  const { ledger } = stage.ports;
  const second = ledgerWith(ledger, {
    files: {
      move: async (...[record, to, patch]: Parameters<typeof ledger.files.move>) => {
        await ledger.files.move(record, to, patch);
        return undefined;
      },
    },
  });
  await runTransform({ ...stage.ports, ledger: second })(lookAgain('dataset', 'plays'));
  expect(await fileIn(stage, file)).toMatchObject({ state: 'claimed', batch_id: id });
  expect(await batchIn(stage, id)).toMatchObject({ state: 'transforming' });
});

test('leaves a large batch that is being claimed more time', async () => {
  await land(stage, 'a', goodBody());
  await wake();
  const [batch, lease] = [await batchIn(stage, id), await stage.ports.ledger.leases.find('plays')];
  const { ledger } = stage.ports;
  const claiming = { ...batch, state: 'open' as const, files: 1_000 };
  const read: string[] = [];
  const files = {
    ...stage.ports.files,
    readText: async (key: string) => {
      read.push(key);
      return stage.ports.files.readText(key);
    },
  };
  const later = ledgerWith(ledger, {
    leases: { find: async () => lease },
    batches: { find: async () => claiming },
  });
  stage.pass(4 * patience);
  await runTransform({ ...stage.ports, files, ledger: later })(lookAgain('dataset', 'plays'));
  expect(read).toEqual([]);
  stage.pass(4 * patience);
  await runTransform({ ...stage.ports, files, ledger: later })(lookAgain('dataset', 'plays'));
  expect(read).not.toEqual([]);
});

test('leaves the batch open while the job is busy, and starts it later', async () => {
  await land(stage, 'a', goodBody());
  const started = ['w', 'x', 'y', 'z'].map((spec) => stage.engine.jobs.start('transform', spec));
  await Promise.all(started);
  await wake();
  expect(await batchIn(stage, id)).toMatchObject({ state: 'open' });
  stage.endRuns();
  stage.pass(4 * patience);
  await wake();
  expect(await batchIn(stage, id)).toMatchObject({ state: 'transforming' });
});

test('finds the run whose start was never answered', async () => {
  await land(stage, 'a', goodBody());
  const { jobs } = stage.ports;
  const lost = {
    ...jobs,
    start: async (...run: Parameters<typeof jobs.start>) => {
      await jobs.start(...run);
      throw new Error('timed out');
    },
  };
  await expect(runTransform({ ...stage.ports, jobs: lost })(lookAgain('dataset', 'plays'))).rejects.toThrow(
    'timed out',
  );
  expect(await batchIn(stage, id)).toMatchObject({ state: 'open' });
  stage.pass(4 * patience);
  await wake();
  expect(stage.engine.running()).toHaveLength(1);
  expect(await batchIn(stage, id)).toMatchObject({ state: 'transforming', transform_run: 'jr_1' });
});

test('fails a batch one of whose files does not wait any more, and blames no file', async () => {
  const [a, b] = [await land(stage, 'a', goodBody()), await land(stage, 'b', goodBody(200))];
  const { ledger } = stage.ports;
  const raced = ledgerWith(ledger, {
    batches: {
      open: async (batch: Parameters<typeof ledger.batches.open>[0]) => {
        await ledger.files.move(b, 'landed', { woken_at: '' });
        return ledger.batches.open(batch);
      },
    },
  });
  await runTransform({ ...stage.ports, ledger: raced })(lookAgain('dataset', 'plays'));
  expect(await batchIn(stage, id)).toMatchObject({ state: 'failed', is_files_fault: false });
  expect(await fileIn(stage, a)).toMatchObject({ state: 'accepted', failed_runs: 0 });
  expect(await fileIn(stage, b)).toMatchObject({ state: 'landed' });
  expect(await ledger.leases.find('plays')).toEqual({ name: 'plays', fence: 1 });
  expect(stage.announced).toContain(`Batch Failed: plays ${id} v2`);
  expect(stage.engine.running()).toEqual([]);
});

test.each([
  ['is broken', () => void stage.lake.put('data/plays/manifest.json', '{'), 'landed'],
  [
    'is not there',
    () => void stage.lake.files.remove(stage.lake.newest('data/plays/manifest.json') as never),
    'landed',
  ],
  ['has changed', () => void putManifest(stage, { purpose: 'other' }), 'landed'],
])('takes no lease, however often it is woken, while the manifest %s', async (_, change, state) => {
  const file = await land(stage, 'a', goodBody());
  change();
  for (let again = 0; again < 10; again++) {
    await wake();
    stage.pass(4 * patience);
  }
  expect(await fileIn(stage, file)).toMatchObject({ state });
  expect(stage.invoked).toEqual([{ name: 'validate-landing', command: lookAgain('file', fileId(file)) }]);
  expect(await stage.ports.ledger.leases.find('plays')).toEqual({ name: 'plays', fence: 0 });
});

test('grows the fence by one for each batch alone', async () => {
  await land(stage, 'a', goodBody());
  for (let again = 0; again < 10; again++) await wake();
  expect(await stage.ports.ledger.leases.find('plays')).toMatchObject({ fence: 1 });
});
