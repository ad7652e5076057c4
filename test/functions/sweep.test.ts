import { beforeEach, expect, test } from 'vitest';
import {
  fileEvent,
  objectCreated,
  ourEvent,
  runEnded,
  statementEnded,
} from '../../functions/pipeline/events.ts';
import { failRebuild } from '../../functions/pipeline/steps/rebuild/rebuilding.ts';
import { askRetry } from '../../functions/pipeline/steps/rebuild/retrying.ts';
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
  return stage.invoked.map(({ name, event }) => [name, event]);
};

test('finds nothing where nothing was left', async () => {
  expect(await found()).toEqual([]);
});

test('finds a file that no event told of, and one that waits to be validated', async () => {
  const file = stage.lake.put('data/plays/a.csv', goodBody());
  const stray = stage.lake.put('data/stray.csv', 'x');
  stage.lake.put('data/archive/plays/old.csv', 'x');
  expect(await found()).toEqual([
    ['validate-landing', objectCreated(file)],
    ['validate-landing', objectCreated(stray)],
  ]);
});

test('wakes a dataset whose accepted files wait for a batch', async () => {
  await land(stage, 'a', goodBody());
  expect(await found()).toEqual([['run-transform', ourEvent('Batch Failed', 'plays', '')]]);
});

test('makes the event of a run again once it has ended, and not before', async () => {
  await land(stage, 'a', goodBody());
  const run = await transform(stage);
  expect(await found()).toEqual([]);
  stage.endRuns();
  expect(await found()).toEqual([['check-quality', runEnded(run)]]);
  const quality = await check(stage, run);
  expect(await found()).toEqual([]);
  stage.endRuns();
  expect(await found()).toEqual([['settle-batch', runEnded(quality)]]);
});

test('sends files at rest on their way out of landing', async () => {
  const bad = await land(stage, 'b', 'id,day\n1,yesterday\n');
  expect(await found()).toEqual([['archive-files', fileEvent('File Rejected', bad)]]);
});

test('takes up a published batch: its files and its mart', async () => {
  const file = await land(stage, 'a', goodBody());
  await publish(stage);
  expect(await found()).toEqual([
    ['archive-files', fileEvent('File Ignored', file)],
    ['rebuild-models', ourEvent('KPIs Published', 'listening', '')],
  ]);
});

test('gives back what was claimed for a batch that had failed meanwhile', async () => {
  const file = await land(stage, 'a', goodBody());
  await stage.ports.ledger.openBatch({
    id: batch,
    dataset: 'plays',
    fence: 1,
    state: 'failed',
    rev: 1,
    files: 1,
    opened_at: stage.ports.clock.now(),
  });
  await stage.ports.ledger.move(file, 'claimed', { batch_id: batch });
  expect(await found()).toEqual([['run-transform', ourEvent('Batch Failed', 'plays', batch)]]);
});

test('makes the event of a statement again once it has finished, and wakes the mart when it failed', async () => {
  await land(stage, 'a', goodBody());
  await publish(stage);
  const event = await rebuild(stage);
  const ofMart = async () => (await found()).filter(([name]) => name !== 'archive-files');
  expect(await ofMart()).toEqual([]);
  const [statement] = stage.statements.running();
  stage.endStatements();
  expect(await ofMart()).toEqual([['publish-kpis', event]]);
  expect(event).toEqual(statementEnded({ id: 's1', state: 'finished' }, 'app-rebuild-listening-00000001'));
  Object.assign(statement ?? {}, { state: 'failed' });
  expect(await ofMart()).toEqual([
    ['rebuild-models', ourEvent('KPIs Published', 'listening', 'listening-00000001')],
  ]);
});

test('leaves a failed rebuild alone until it is due, and KPIs that are being written', async () => {
  await land(stage, 'a', goodBody());
  await publish(stage);
  const { ledger, clock } = stage.ports;
  const event = await rebuild(stage);
  stage.endStatements();
  const ofMart = async () => (await found()).filter(([name]) => name !== 'archive-files');
  const record = await ledger.rebuild('listening-00000001');
  if (!record) throw new Error('no rebuild');
  const writing = await ledger.amendRebuild(record, { publishing_at: clock.now() });
  stage.pass(60_000);
  expect(await ofMart()).toEqual([]);
  stage.pass(-86_400_000);
  expect(await ofMart()).toEqual([['publish-kpis', event]]);
  await failRebuild(stage.ports, writing ?? record, { failure: 'sql', reason: 'a check failed' });
  expect(await ofMart()).toEqual([]);
  stage.pass(-3_601_000);
  expect(await ofMart()).toEqual([['rebuild-models', ourEvent('KPIs Published', 'listening', '')]]);
});

test('takes up a failed rebuild that somebody asks to be tried again', async () => {
  await land(stage, 'a', goodBody());
  await publish(stage);
  const { ledger } = stage.ports;
  await rebuild(stage);
  const record = await ledger.rebuild('listening-00000001');
  const failed = record && (await failRebuild(stage.ports, record, { failure: 'sql', reason: 'no' }));
  const ofMart = async () => (await found()).filter(([name]) => name === 'rebuild-models');
  expect(await ofMart()).toEqual([]);
  if (failed) await askRetry(stage.ports, failed);
  expect(await ofMart()).toEqual([['rebuild-models', ourEvent('KPIs Published', 'listening', '')]]);
});

test('leaves parked files to people', async () => {
  const file = await land(stage, 'a', goodBody());
  await stage.ports.ledger.move(file, 'parked');
  expect(await found()).toEqual([]);
});
