import { beforeEach, expect, test } from 'vitest';
import { archiveFiles } from '../../functions/archive-files.ts';
import { batchEvent, fileEvent, lookAgain } from '../../functions/pipeline/events.ts';
import { reportKey, rowsKey } from '../../functions/pipeline/lake-keys.ts';
import { validateLanding } from '../../functions/validate-landing.ts';
import { land, landRepair, publish, putManifest, quarantineRow } from './acts.ts';
import { objectCreated } from './events.ts';
import type { StoredFile } from './records.ts';
import { fileIn, goodBody, openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
  putManifest(stage);
});

const wake = (file: StoredFile) => archiveFiles(stage.ports)(fileEvent('File Rejected', file));
const published = (batch: string) =>
  archiveFiles(stage.ports)(batchEvent('Batch Published', { dataset: 'plays', id: batch }));
const archiveOf = ({ version }: StoredFile): string =>
  `data/archive/plays/year=2024/month=06/day=25/a.csv@${version}`;

test('moves what a batch published, and what it superseded, to the archive', async () => {
  const first = await land(stage, 'a', goodBody(100));
  const second = await land(stage, 'a', goodBody(200));
  await publish(stage);
  await published('plays-00000001');
  for (const [file, state] of [
    [first, 'superseded'],
    [second, 'published'],
  ] as const) {
    const stored_as = archiveOf(file);
    expect(await fileIn(stage, file)).toMatchObject({ state, stored_as, archived_at: expect.any(String) });
    expect(stage.lake.find(file.key, file.version)).toBeUndefined();
  }
  expect(stage.lake.newest(archiveOf(first))?.body).toBe(goodBody(100));
  expect(stage.lake.newest(archiveOf(second))?.body).toBe(goodBody(200));
  expect(await stage.ports.ledger.files.waiting('plays')).toEqual([]);
});

test('moves a rejected file to quarantine, beside its report', async () => {
  const file = await land(stage, 'a', 'id,day\n1,yesterday\n');
  await wake(file);
  const stored_as = `data/quarantine/plays/a.csv@${file.version}`;
  expect(await fileIn(stage, file)).toMatchObject({ state: 'quarantined', stored_as });
  expect(stage.lake.newest(stored_as)?.body).toBe('id,day\n1,yesterday\n');
  expect(stage.lake.newest(`${stored_as}.report.json`)).toBeDefined();
  expect(stage.lake.newest(file.key)).toBeUndefined();
});

test('does nothing more when the event comes twice', async () => {
  const file = await land(stage, 'a', 'id,day\n1,yesterday\n');
  await wake(file);
  const moved = await fileIn(stage, file);
  await wake(file);
  expect(await fileIn(stage, file)).toEqual(moved);
});

test('ends a move that was cut off after the delete', async () => {
  const file = await land(stage, 'a', 'id,day\n1,yesterday\n');
  await stage.lake.files.copy(file, `data/quarantine/plays/a.csv@${file.version}`);
  await stage.lake.files.remove(file);
  await wake(file);
  expect(await fileIn(stage, file)).toMatchObject({ state: 'quarantined' });
});

test('leaves the record as it is and says so when the bytes are nowhere', async () => {
  const file = await land(stage, 'a', 'id,day\n1,yesterday\n');
  await stage.lake.files.remove(file);
  await wake(file);
  expect(await fileIn(stage, file)).toMatchObject({ state: 'rejected' });
  expect(stage.logged.at(-1)).toMatchObject({ level: 'error', message: 'bytes are gone' });
});

test('deletes nothing when the copy differs', async () => {
  const file = await land(stage, 'a', 'id,day\n1,yesterday\n');
  const copy = async (): Promise<never> => {
    throw new Error('the copy differs');
  };
  const ports = { ...stage.ports, files: { ...stage.ports.files, copy } };
  await expect(archiveFiles(ports)(fileEvent('File Rejected', file))).rejects.toThrow('the copy differs');
  expect(stage.lake.find(file.key, file.version)).toBeDefined();
  expect(await fileIn(stage, file)).toMatchObject({ state: 'rejected' });
});

test('leaves files where they are that are not at rest', async () => {
  const file = await land(stage, 'a', goodBody());
  await wake(file);
  expect(await fileIn(stage, file)).toEqual(file);
  expect(stage.lake.newest(file.key)).toBeDefined();
});

test('takes a folder marker off the queue and leaves it where it is', async () => {
  const marker = stage.lake.put('data/plays/', '');
  await validateLanding(stage.ports)(objectCreated(marker));
  await wake(await fileIn(stage, marker));
  expect(stage.lake.newest('data/plays/')).toBeDefined();
  expect(await stage.ports.ledger.files.waiting('plays')).toEqual([]);
});

test('knows nothing to do for an unknown file, and throws for a batch without a spec', async () => {
  await archiveFiles(stage.ports)(lookAgain('file', 'data/plays/x.csv@v9'));
  await expect(published('plays-00000009')).rejects.toThrow('the spec of batch plays-00000009 is gone');
});

test('puts rows into quarantine with their report once the others are published, before the file leaves landing', async () => {
  const file = await quarantineRow(stage, await land(stage, 'a', goodBody(100, 3)));
  const [report, rows] = [reportKey(file), rowsKey(file, 'csv')];
  await wake(file);
  expect(stage.lake.newest(rows)).toBeUndefined();
  await publish(stage);
  await published('plays-00000001');
  expect([stage.lake.newest(rows)?.body, stage.lake.newest(report)?.body]).toEqual(['the row', 'the report']);
  expect(await fileIn(stage, file)).toMatchObject({ state: 'published', stored_as: archiveOf(file) });
});

test('leaves a file in landing whose quarantined rows are gone', async () => {
  const file = await quarantineRow(stage, await land(stage, 'a', goodBody(100, 3)));
  await publish(stage);
  const rows = stage.lake.newest(`${file.clean_key}.rows.csv`);
  if (rows) await stage.ports.files.remove(rows);
  await expect(published('plays-00000001')).rejects.toThrow(`is gone: ${file.clean_key}.rows.csv`);
  expect(stage.lake.find(file.key, file.version)).toBeDefined();
});

test('archives repaired rows that a correction superseded', async () => {
  const first = await quarantineRow(stage, await land(stage, 'a', goodBody(100, 3)));
  await publish(stage);
  const repair = await landRepair(stage, await fileIn(stage, first), goodBody(102, 1));
  await publish(stage);
  await land(stage, 'a', goodBody(200, 1));
  await publish(stage);
  await published('plays-00000003');
  expect(await fileIn(stage, repair)).toMatchObject({ state: 'superseded', archived_at: expect.any(String) });
  expect(stage.lake.find(repair.key, repair.version)).toBeUndefined();
});
