import { beforeEach, expect, test } from 'vitest';
import { lookAgain } from '../../functions/pipeline/events.ts';
import { fileId } from '../../functions/pipeline/lake-keys.ts';
import { settleBatch } from '../../functions/settle-batch.ts';
import { check, land, landRepair, publish, putManifest, quarantineRow, transform } from './acts.ts';
import { runEnded } from './events.ts';
import { ledgerWith } from './partly.ts';
import { batchIn, fileIn, goodBody, openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
  putManifest(stage);
});

const id = 'plays-00000001';
const breaksRules = 'id,day\n999,2024-06-25\n';
const settle = (run: string) => settleBatch(stage.ports)(runEnded(run));

test('publishes what passed and rejects what did not, with a report, in one batch', async () => {
  const [good, bad] = [await land(stage, 'a', goodBody(100, 3)), await land(stage, 'b', breaksRules)];
  await publish(stage);
  expect(await batchIn(stage, id)).toMatchObject({ state: 'published', rows: 3 });
  expect(await fileIn(stage, good)).toMatchObject({ state: 'published', rows: 3 });
  expect(await fileIn(stage, bad)).toMatchObject({ state: 'rejected', reason: 'ColumnValues "id" < 900' });
  const report = stage.lake.newest(`data/quarantine/plays/b.csv@${bad.version}.report.json`);
  expect(report?.body).toContain('ColumnValues');
  expect(await stage.ports.ledger.rebuilds.pending('listening')).toEqual([id]);
  expect(await stage.ports.ledger.leases.find('plays')).toEqual({ name: 'plays', fence: 1 });
  expect(stage.news().slice(-2)).toEqual([
    `File Rejected: plays ${bad.key}@${bad.version}`,
    `Batch Published: plays ${id} v2`,
  ]);
});

test('keeps no longer a reason than the ledger can hold, and all of it in the report', async () => {
  const bad = await land(stage, 'a', breaksRules);
  const quality = await check(stage, await transform(stage));
  stage.endRuns();
  const result = stage.lake.newest(`runs/${id}/quality.result.json`);
  const rule = `ColumnValues "id" in [${Array.from({ length: 100_000 }, (_, value) => value)}]`;
  stage.lake.put(
    `runs/${id}/quality.result.json`,
    (result?.body ?? '').replaceAll('ColumnValues', JSON.stringify(rule).slice(1, -1)),
  );
  await settle(quality);
  const { reason = '' } = (await fileIn(stage, bad)) ?? {};
  expect(reason).toHaveLength(501);
});

test('says it again when the event comes twice, and counts nothing twice', async () => {
  const file = await land(stage, 'a', goodBody());
  const quality = await check(stage, await transform(stage));
  stage.endRuns();
  await settle(quality);
  const settled = await fileIn(stage, file);
  stage.news();
  await settle(quality);
  expect(stage.news()).toEqual([`Batch Published: plays ${id} v2`]);
  expect(await fileIn(stage, file)).toEqual(settled);
});

test('publishes a batch none of whose files passed, empty', async () => {
  await land(stage, 'a', breaksRules);
  await publish(stage);
  expect(await batchIn(stage, id)).toMatchObject({ state: 'published', rows: 0 });
  expect(await stage.ports.ledger.rebuilds.pending('listening')).toEqual([]);
  expect(stage.announced.at(-1)).toBe(`Batch Published: plays ${id} v2`);
});

test('lets a published correction supersede, and a rejected one leave the old rows serving', async () => {
  const first = await land(stage, 'a', goodBody(100));
  await publish(stage);
  const rejected = await land(stage, 'a', breaksRules);
  await publish(stage);
  expect(await fileIn(stage, first)).toMatchObject({ state: 'published' });
  const corrected = await land(stage, 'a', goodBody(300));
  await publish(stage);
  expect(await fileIn(stage, first)).toMatchObject({ state: 'superseded', superseded_by: corrected.version });
  expect(await fileIn(stage, rejected)).toMatchObject({ state: 'rejected' });
  expect(await fileIn(stage, corrected)).toMatchObject({ state: 'published' });
  expect(stage.engine.silver().map(({ id: row }) => row)).toEqual(['300', '301']);
});

test('supersedes an older version that was accepted but never claimed', async () => {
  const older = await land(stage, 'a', goodBody(100));
  await land(stage, 'a', goodBody(200));
  await publish(stage);
  expect(await fileIn(stage, older)).toMatchObject({ state: 'superseded' });
});

test('runs a quality run again that left no result, which finds its own commit', async () => {
  const file = await land(stage, 'a', goodBody());
  const first = await check(stage, await transform(stage));
  stage.endRuns();
  const result = stage.lake.newest(`runs/${id}/quality.result.json`);
  if (result) await stage.lake.files.remove(result);
  await settle(first);
  expect(await fileIn(stage, file)).toMatchObject({ state: 'claimed' });
  const [second] = stage.engine.running();
  stage.endRuns();
  await settle(second?.id ?? '');
  expect(await fileIn(stage, file)).toMatchObject({ state: 'published' });
  expect(stage.engine.silver()).toHaveLength(2);
});

/** Ends the quality runs of a batch one after the other as a message says, three of them; gives the last one. */
const endThrice = async (run: string, message: string): Promise<string> => {
  let last = run;
  for (let time = 0; time < 3; time++) {
    last = stage.engine.running().at(-1)?.id ?? last;
    stage.engine.fail(last, message);
    await settle(last);
  }
  return last;
};

test('fails a batch whose quality runs say three times that it is not published', async () => {
  const file = await land(stage, 'a', goodBody());
  const first = await check(stage, await transform(stage));
  const last = await endThrice(first, 'NotPublished: not published: the disk is full');
  expect(last).not.toBe(first);
  expect(await batchIn(stage, id)).toMatchObject({ state: 'failed', is_files_fault: true });
  expect(await fileIn(stage, file)).toMatchObject({ state: 'accepted', failed_runs: 1 });
  expect(stage.announced.at(-1)).toBe(`Batch Failed: plays ${id} v2`);
});

test('fails no batch that may be published, and looks again later', async () => {
  const file = await land(stage, 'a', goodBody());
  const last = await endThrice(await check(stage, await transform(stage)), 'killed');
  expect(stage.engine.running()).toEqual([]);
  await settle(last);
  expect(await batchIn(stage, id)).toMatchObject({ state: 'checking' });
  expect(stage.logged.at(-1)).toMatchObject({ level: 'error' });
  stage.pass(16 * 60_000);
  await settle(last);
  const [again] = stage.engine.running();
  stage.endRuns();
  await settle(again?.id ?? '');
  expect(await fileIn(stage, file)).toMatchObject({ state: 'published' });
});

test('leaves a file alone that another batch has claimed meanwhile', async () => {
  const file = await land(stage, 'a', goodBody());
  const quality = await check(stage, await transform(stage));
  const ours = await fileIn(stage, file);
  const other = await stage.ports.ledger.files.amend(ours, { batch_id: 'plays-00000002' });
  stage.endRuns();
  await settle(quality);
  expect(await fileIn(stage, file)).toEqual(other);
});

test('needs no record of the start: the event may be faster', async () => {
  await land(stage, 'a', goodBody());
  const run = await transform(stage);
  const { ledger } = stage.ports;
  const slow = {
    ...stage,
    ports: { ...stage.ports, ledger: ledgerWith(ledger, { batches: { move: async () => undefined } }) },
  };
  const quality = await check(slow, run);
  expect(await batchIn(stage, id)).toMatchObject({ state: 'transforming' });
  stage.endRuns();
  await settle(quality);
  expect(await batchIn(stage, id)).toMatchObject({ state: 'published', quality_run: quality });
});

test('leaves a run alone that is of no batch', async () => {
  await settle('jr_0');
  expect(stage.logged).toEqual([
    { level: 'info', message: 'run belongs to no batch', facts: { run: 'jr_0' } },
  ]);
});

const silverOf = (): string[] =>
  stage.engine.silver().map(({ key, id }) => `${key.slice('data/plays/'.length)} ${id}`);

test('publishes repaired rows under the name of their file, and supersedes them with it', async () => {
  const first = await quarantineRow(stage, await land(stage, 'a', goodBody(100, 3)));
  await publish(stage);
  expect(silverOf()).toEqual(['a.csv 100', 'a.csv 101']);
  const repair = await landRepair(stage, await fileIn(stage, first), goodBody(102, 1));
  await publish(stage);
  expect(await fileIn(stage, repair)).toMatchObject({ state: 'published', rows: 1 });
  expect(silverOf()).toEqual(['a.csv 100', 'a.csv 101', 'a.csv#repair 102']);
  const second = await land(stage, 'a', goodBody(200, 1));
  await publish(stage);
  for (const file of [first, repair])
    expect(await fileIn(stage, file)).toMatchObject({ state: 'superseded', superseded_by: second.version });
  expect(silverOf()).toEqual(['a.csv 200']);
});

test('has a repair wait while its file is replaced, and validates it again then', async () => {
  const first = await quarantineRow(stage, await land(stage, 'a', goodBody(100, 3)));
  await publish(stage);
  const repair = await landRepair(stage, await fileIn(stage, first), goodBody(102, 1));
  await land(stage, 'a', goodBody(200, 1));
  await publish(stage);
  expect(await fileIn(stage, repair)).toMatchObject({ state: 'accepted' });
  expect(silverOf()).toEqual(['a.csv 200']);
  await transform(stage);
  expect(await fileIn(stage, repair)).toMatchObject({ state: 'landed' });
  expect(stage.invoked.at(-1)).toEqual({
    name: 'validate-landing',
    command: lookAgain('file', fileId(repair)),
  });
});

test('replaces what was repaired before, and what hangs on that', async () => {
  const first = await quarantineRow(stage, await land(stage, 'a', goodBody(100, 3)));
  await publish(stage);
  const half = await quarantineRow(
    stage,
    await landRepair(stage, await fileIn(stage, first), goodBody(102, 2)),
  );
  await publish(stage);
  const rest = await landRepair(stage, await fileIn(stage, half), goodBody(103, 1));
  await publish(stage);
  expect(silverOf()).toEqual(['a.csv 100', 'a.csv 101', 'a.csv#repair 102', 'a.csv#repair#repair 103']);
  const again = await landRepair(stage, await fileIn(stage, first), goodBody(300, 1));
  await publish(stage);
  expect(silverOf()).toEqual(['a.csv 100', 'a.csv 101', 'a.csv#repair 300']);
  for (const file of [half, rest])
    expect(await fileIn(stage, file)).toMatchObject({ state: 'superseded', superseded_by: again.version });
  expect(await fileIn(stage, first)).toMatchObject({ state: 'published' });
});
