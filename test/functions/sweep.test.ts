import { beforeEach, expect, test } from 'vitest';
import { lookAgain } from '../../functions/pipeline/events.ts';
import { fileId } from '../../functions/pipeline/lake-keys.ts';
import { failRebuild } from '../../functions/pipeline/steps/rebuild/rebuilding.ts';
import { askRetry } from '../../functions/pipeline/steps/rebuild/retrying.ts';
import { Source } from '../../functions/sources/source.ts';
import { sweep } from '../../functions/sweep.ts';
import { check, land, publish, putManifest, rebuild, transform } from './acts.ts';
import { goodBody, openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
  putManifest(stage);
});

const batch = 'plays-00000001';

/** What sweep invokes now. */
const found = async () => {
  stage.invoked.length = 0;
  await sweep(stage.ports)();
  return stage.invoked.map(({ name, command }) => [name, command]);
};

test('finds nothing where nothing was left', async () => {
  expect(await found()).toEqual([]);
});

test('finds a file that no event told of, and one that waits to be validated', async () => {
  const file = stage.lake.put('data/plays/a.csv', goodBody());
  const stray = stage.lake.put('data/stray.csv', 'x');
  stage.lake.put('data/archive/plays/old.csv', 'x');
  expect(await found()).toEqual([
    ['validate-landing', lookAgain('file', fileId(file))],
    ['validate-landing', lookAgain('file', fileId(stray))],
  ]);
});

test('wakes a dataset whose accepted files wait for a batch', async () => {
  await land(stage, 'a', goodBody());
  expect(await found()).toEqual([['run-transform', lookAgain('dataset', 'plays')]]);
});

test('asks to look at a run again once it has ended, and not before', async () => {
  await land(stage, 'a', goodBody());
  const run = await transform(stage);
  expect(await found()).toEqual([]);
  stage.endRuns();
  expect(await found()).toEqual([['check-quality', lookAgain('run', run)]]);
  const quality = await check(stage, run);
  expect(await found()).toEqual([]);
  stage.endRuns();
  expect(await found()).toEqual([['settle-batch', lookAgain('run', quality)]]);
});

test('sends files at rest on their way out of landing', async () => {
  const bad = await land(stage, 'b', 'id,day\n1,yesterday\n');
  expect(await found()).toEqual([['archive-files', lookAgain('file', fileId(bad))]]);
});

test('takes up a published batch: its files and its mart', async () => {
  const file = await land(stage, 'a', goodBody());
  await publish(stage);
  expect(await found()).toEqual([
    ['archive-files', lookAgain('file', fileId(file))],
    ['rebuild-models', lookAgain('mart', 'listening')],
  ]);
});

test('gives back what was claimed for a batch that had failed meanwhile', async () => {
  const file = await land(stage, 'a', goodBody());
  await stage.ports.ledger.batches.open({
    id: batch,
    dataset: 'plays',
    fence: 1,
    state: 'failed',
    rev: 1,
    files: 1,
    opened_at: stage.ports.clock.now(),
    ...{ closed_at: '', reason: 'it failed', is_files_fault: false },
  });
  await stage.ports.ledger.files.move(file, 'claimed', { batch_id: batch, fence: 1, claimed_at: '' });
  expect(await found()).toEqual([['run-transform', lookAgain('batch', batch)]]);
});

test('asks the sender of a statement to look at it again', async () => {
  await land(stage, 'a', goodBody());
  await publish(stage);
  await rebuild(stage);
  const ofMart = async () => (await found()).filter(([name]) => name !== 'archive-files');
  expect(await ofMart()).toEqual([['rebuild-models', lookAgain('mart', 'listening')]]);
});

test('leaves a failed rebuild alone until it is due', async () => {
  await land(stage, 'a', goodBody());
  await publish(stage);
  const { ledger } = stage.ports;
  await rebuild(stage);
  stage.endStatements();
  const ofMart = async () => (await found()).filter(([name]) => name !== 'archive-files');
  const record = await ledger.rebuilds.find('listening-00000001');
  if (!record) throw new Error('no rebuild');
  await failRebuild(stage.ports, record, { failure: 'sql', reason: 'a check failed' });
  expect(await ofMart()).toEqual([]);
  stage.pass(-3_601_000);
  expect(await ofMart()).toEqual([['rebuild-models', lookAgain('mart', 'listening')]]);
});

test('asks for the tables of a mart that are missing', async () => {
  const bare = openStage({ isMigrated: false });
  await sweep(bare.ports)();
  expect(bare.invoked).toEqual([{ name: 'migrate-tables', command: lookAgain('mart', 'listening') }]);
});

test('takes up a failed rebuild that somebody asks to be tried again', async () => {
  await land(stage, 'a', goodBody());
  await publish(stage);
  const { ledger } = stage.ports;
  await rebuild(stage);
  const record = await ledger.rebuilds.find('listening-00000001');
  const failed = record && (await failRebuild(stage.ports, record, { failure: 'sql', reason: 'no' }));
  const ofMart = async () => (await found()).filter(([name]) => name === 'rebuild-models');
  expect(await ofMart()).toEqual([]);
  if (failed) await askRetry(stage.ports, failed);
  expect(await ofMart()).toEqual([['rebuild-models', lookAgain('mart', 'listening')]]);
});

test('leaves parked files to people', async () => {
  const file = await land(stage, 'a', goodBody());
  await stage.ports.ledger.files.move(file, 'parked', { reason: 'it failed' });
  expect(await found()).toEqual([]);
});

test('asks again for pulls that nobody began, that ended in the middle, or whose next try is due', async () => {
  const { catalog, ledger } = stage.ports;
  const source = Source.parse({ version: '1', kind: 'rest', url: 'https://shop.example.com', records: '$' });
  const plays = { ...catalog.datasets.plays, source } as (typeof catalog.datasets)[string];
  stage.ports.catalog = { ...catalog, datasets: { plays } };
  const window = { source: 'plays', from: '2024-01-01', to: '2024-01-31' };
  const look = [['pull-sources', lookAgain('pull', 'plays/2024-01-01/2024-01-31')]];
  const asked = { ...window, rev: 0, attempt: 0, tries: 0, asked_at: stage.ports.clock.now() };
  await ledger.pulls.open({ ...asked, state: 'asked' });
  expect(await found()).toEqual([]);
  stage.pass(31_000);
  expect(await found()).toEqual(look);

  const move = async (
    ...to: Parameters<typeof ledger.pulls.move> extends [unknown, ...infer Rest] ? Rest : never
  ) => {
    const pull = await ledger.pulls.find(window);
    if (!pull || !(await ledger.pulls.move(pull, ...to))) throw new Error('it does not move');
  };
  await move('pulling', { attempt: 1, started_at: stage.ports.clock.now() });
  expect(await found()).toEqual([]);
  stage.pass(931_000);
  expect(await found()).toEqual(look);

  const now = stage.ports.clock.now();
  const retry_at = new Date(Date.parse(now) + 60_000).toISOString();
  await move('failed', { failed_at: now, reason: 'no answer', tries: 1, retry_at });
  expect(await found()).toEqual([]);
  stage.pass(60_000);
  expect(await found()).toEqual(look);

  await move('pulling', { attempt: 2, started_at: now });
  const pulled = { sha256: 'a', records: 1, observed_at: now, key: 'data/plays/a.jsonl' };
  const pulled_at = stage.ports.clock.now();
  await move('pulled', { pulled, staged_key: 'staging/pulls/a.jsonl', pulled_at });
  // It is being landed; a second process would land another version of the file.
  expect(await found()).toEqual([]);
  stage.pass(31_000);
  expect(await found()).toEqual(look);

  await move('failed', { failed_at: now, reason: 'its staged records are gone', tries: 2, retry_at: now });
  await move('pulling', { attempt: 3, started_at: now });
  await move('parked', { parked_at: now, reason: 'it is another server' });
  expect(await found()).toEqual([]);
});
