import { beforeEach, expect, test } from 'vitest';
import { checkQuality } from '../../functions/check-quality.ts';
import { patience } from '../../functions/pipeline/records/time.ts';
import { QualitySpec } from '../../functions/pipeline/spec.ts';
import { check, land, putManifest, transform } from './acts.ts';
import { runEnded } from './events.ts';
import { ledgerWith } from './partly.ts';
import { batchIn, fileIn, goodBody, manifest, openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
  putManifest(stage);
});

const id = 'plays-00000001';
const specOf = (batch: string): QualitySpec =>
  QualitySpec.parse(JSON.parse(stage.lake.newest(`runs/${batch}/quality.spec.json`)?.body ?? '{}'));

test('starts the quality run of what was staged, under the compiled ruleset', async () => {
  const file = await land(stage, 'a', goodBody(100, 3));
  const run = await transform(stage);
  const quality = await check(stage, run);
  expect(specOf(id)).toMatchObject({
    batch: id,
    fence: 1,
    files: [{ key: file.key, version: file.version, records: 3, staged: 3 }],
    staged: `staging/${id}/${run}/`,
    ruleset: { rules: [{ number: 1, text: 'ColumnValues "id" < 900' }] },
    pii: [],
  });
  expect(await batchIn(stage, id)).toMatchObject({ state: 'checking', quality_run: quality });
});

test('does nothing more when the event comes twice', async () => {
  await land(stage, 'a', goodBody());
  const run = await transform(stage);
  await check(stage, run);
  await checkQuality(stage.ports)(runEnded(run));
  expect(stage.engine.running()).toHaveLength(1);
});

test('needs no record of the start: the event may be faster', async () => {
  await land(stage, 'a', goodBody());
  const { ledger } = stage.ports;
  const slow = { ...stage.ports, ledger: ledgerWith(ledger, { batches: { move: async () => undefined } }) };
  const run = await transform({ ...stage, ports: slow });
  expect(await batchIn(stage, id)).toMatchObject({ state: 'open' });
  stage.pass(4 * patience);
  await check(stage, run);
  expect(await batchIn(stage, id)).toMatchObject({ state: 'checking', transform_run: run });
});

test('names columns of people to the run, and all of them when the manifest is gone', async () => {
  const { schema } = manifest;
  const fields = { ...schema.fields, id: { ...schema.fields.id, pii: true } };
  putManifest(stage, { schema: { ...schema, fields } });
  await land(stage, 'a', goodBody());
  await check(stage, await transform(stage));
  expect(specOf(id).pii).toEqual(['id']);
  const other = openStage();
  const put = putManifest(other);
  await land(other, 'a', goodBody());
  const run = await transform(other);
  await other.lake.files.remove(put);
  await check(other, run);
  stage = other;
  expect(specOf(id).pii).toEqual(['id', 'day']);
});

test('fails a batch whose run left no result, and gives its files back', async () => {
  const file = await land(stage, 'a', 'id,day\n666,2024-06-25\n');
  await check(stage, await transform(stage));
  expect(await batchIn(stage, id)).toMatchObject({
    state: 'failed',
    reason: 'a poison row',
    is_files_fault: true,
  });
  expect(await fileIn(stage, file)).toMatchObject({ state: 'accepted', failed_runs: 1, failed_alone: 1 });
  expect(stage.announced.at(-1)).toBe(`Batch Failed: plays ${id} v2`);
  expect(await stage.ports.ledger.leases.find('plays')).toEqual({ name: 'plays', fence: 1 });
});

test('parks a file that fails alone twice', async () => {
  const file = await land(stage, 'a', 'id,day\n666,2024-06-25\n');
  for (let time = 0; time < 2; time++) await check(stage, await transform(stage));
  expect(await fileIn(stage, file)).toMatchObject({
    state: 'parked',
    failed_alone: 2,
    reason: 'a poison row',
  });
  expect(stage.logged).toContainEqual(expect.objectContaining({ level: 'error', message: 'file is parked' }));
  expect(await transform(stage)).toBe('');
});

test('waits while another run of the same spec may still leave a result', async () => {
  await land(stage, 'a', 'id,day\n666,2024-06-25\n');
  const run = await transform(stage);
  stage.endRuns();
  await stage.engine.jobs.start('transform', `runs/${id}/transform.spec.json`);
  await checkQuality(stage.ports)(runEnded(run));
  expect(await batchIn(stage, id)).toMatchObject({ state: 'transforming' });
});

test('leaves a run alone that is of no batch', async () => {
  await checkQuality(stage.ports)(runEnded('jr_0'));
  const strange = await stage.engine.jobs.start('transform', 'runs/strange/transform.spec.json');
  await checkQuality(stage.ports)(runEnded(strange));
  expect(stage.logged.map(({ message }) => message)).toEqual([
    'run belongs to no batch',
    'run belongs to no batch',
  ]);
});
