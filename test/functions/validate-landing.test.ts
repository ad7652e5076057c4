import { beforeEach, describe, expect, test } from 'vitest';
import { lookAgain } from '../../functions/pipeline/events.ts';
import { fileId } from '../../functions/pipeline/lake-keys.ts';
import { isBeingValidated } from '../../functions/pipeline/steps/choose-batch.ts';
import { validateLanding } from '../../functions/validate-landing.ts';
import { land, putManifest } from './acts.ts';
import { objectCreated } from './events.ts';
import { ledgerWith } from './partly.ts';
import { bring, fileIn, goodBody, manifest, manifestKey, openStage, type Stage } from './stage.ts';

const manifestOf = (directory: string): string => JSON.stringify({ ...manifest, directory });

let stage: Stage;
beforeEach(() => {
  stage = openStage();
  putManifest(stage);
});

const wake = (file: { key: string; version: string }) => validateLanding(stage.ports)(objectCreated(file));

test('accepts a good file with the facts of its bytes', async () => {
  const file = await land(stage, 'a', goodBody());
  expect(file).toMatchObject({
    state: 'accepted',
    number: 1,
    records: 2,
    size: goodBody().length,
    facts: { header: ['id', 'day'], line_end: 'lf', records: 2 },
  });
  expect(stage.news()).toEqual([`File Accepted: plays ${file.key}@${file.version}`]);
  expect(stage.lake.newest(file.key)?.body).toBe(goodBody());
});

test('rejects a bad file with a report beside where it goes', async () => {
  const file = await land(stage, 'a', 'id,day\n1,yesterday\n');
  expect(file).toMatchObject({ state: 'rejected', records: 1, reason: expect.stringContaining('day') });
  const report = stage.lake.newest(`data/quarantine/plays/a.csv@${file.version}.report.json`);
  expect(JSON.parse(report?.body ?? '{}')).toMatchObject({ violations_total: 1, violations: [{ line: 2 }] });
  expect(stage.news()).toEqual([`File Rejected: plays ${file.key}@${file.version}`]);
});

test('logs rows that were quarantined and columns that differ, none of their values', async () => {
  const fields = { ...manifest.schema.fields, name: { type: 'string', pii: true, max_length: 3 } };
  const validation = { on_error: 'quarantine_rows' };
  const schema = { ...manifest.schema, fields, validation, fields_required: false };
  putManifest(stage, { schema });
  const file = await land(stage, 'a', 'name,id,day\nme,1,2024-06-25\nsomeone,2,2024-06-25\n');
  const drift = ['columns stand in another order'];
  expect(file).toMatchObject({ state: 'accepted', quarantined_rows: 1, drift });
  expect(stage.logged.at(-1)).toMatchObject({ facts: { verdict: 'accepted', quarantined_rows: 1, drift } });
  expect(JSON.stringify([stage.logged, file])).not.toContain('someone');
});

test('says it again when the event comes twice, and validates nothing again', async () => {
  const file = await land(stage, 'a', goodBody());
  await wake(file);
  expect(await fileIn(stage, file)).toEqual(file);
  expect(stage.news()).toHaveLength(2);
  await bring(stage, file, 'claimed');
  await wake(file);
  expect(stage.news()).toEqual([]);
});

describe('a file whose validation fails', () => {
  const failing = (stage: Stage) => {
    const files = { ...stage.ports.files, open: () => Promise.reject(new Error('connection reset')) };
    return validateLanding({ ...stage.ports, files });
  };

  test('says why, and no later file waits for it', async () => {
    const file = stage.lake.put('data/plays/a.csv', goodBody());
    await expect(failing(stage)(objectCreated(file))).rejects.toThrow('connection reset');
    const record = await fileIn(stage, file);
    const reason = 'could not be validated, and is tried again: connection reset';
    expect(record).toMatchObject({ state: 'landed', reason });
    expect(isBeingValidated(record, stage.ports.clock.now())).toBe(false);
    await wake(file);
    const accepted = await fileIn(stage, file);
    expect(accepted).toMatchObject({ state: 'accepted' });
    expect(accepted.reason).toBeUndefined();
  });

  test('throws that, also where it cannot be noted', async () => {
    const file = stage.lake.put('data/plays/a.csv', goodBody());
    const ledger = ledgerWith(stage.ports.ledger, {
      files: { amend: () => Promise.reject(new Error('throttled')) },
    });
    const files = { ...stage.ports.files, open: () => Promise.reject(new Error('connection reset')) };
    const validate = validateLanding({ ...stage.ports, files, ledger });
    await expect(validate(objectCreated(file))).rejects.toThrow('connection reset');
  });

  test('is waited for only for a while where it ends without a word, and the next one notes that', async () => {
    const file = stage.lake.put('data/plays/a.csv', goodBody());
    const endless = { ...stage.ports.files, open: () => new Promise<never>(() => {}) };
    void validateLanding({ ...stage.ports, files: endless })(objectCreated(file));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { clock } = stage.ports;
    expect(isBeingValidated(await fileIn(stage, file), clock.now())).toBe(true);
    stage.pass(60_000);
    expect(isBeingValidated(await fileIn(stage, file), clock.now())).toBe(false);
    void validateLanding({ ...stage.ports, files: endless })(objectCreated(file));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const reason = 'its validation has not ended so far; it is tried again';
    expect(await fileIn(stage, file)).toMatchObject({ state: 'landed', reason });
  });
});

test('ignores a folder marker', async () => {
  const marker = stage.lake.put('data/plays/', '');
  await wake(marker);
  expect(await fileIn(stage, marker)).toMatchObject({
    state: 'ignored',
    reason: 'a marker, which holds no rows',
  });
  expect(stage.news()).toEqual([`File Ignored: plays data/plays/@${marker.version}`]);
});

test('ignores the bytes that are published already', async () => {
  const first = await land(stage, 'a', goodBody());
  await bring(stage, first, 'claimed', 'published');
  const again = await land(stage, 'a', goodBody());
  expect(again).toMatchObject({
    state: 'ignored',
    number: 2,
    reason: expect.stringContaining(first.version),
  });
});

describe('the same bytes under another name', () => {
  const withPolicy = (on_duplicate_file: string): void => {
    const validation = { ...manifest.schema.validation, on_duplicate_file };
    putManifest(stage, { schema: { ...manifest.schema, validation } });
  };

  test('are accepted, and the ledger and the log say of which file', async () => {
    const first = await land(stage, 'a', goodBody());
    const second = await land(stage, 'b', goodBody());
    const duplicate_of = `${first.key}@${first.version}`;
    expect(first).not.toHaveProperty('duplicate_of');
    expect(second).toMatchObject({ state: 'accepted', duplicate_of });
    expect(stage.logged.at(-1)).toMatchObject({ facts: { duplicate_of } });
    expect(await land(stage, 'c', goodBody(2))).not.toHaveProperty('duplicate_of');
  });

  test('are ignored where the manifest says so', async () => {
    withPolicy('ignore');
    const first = await land(stage, 'a', goodBody());
    expect(await land(stage, 'b', goodBody())).toMatchObject({
      state: 'ignored',
      reason: `holds the same bytes as data/plays/a.csv, version ${first.version}`,
    });
  });

  test('are rejected where the manifest says so, with a report', async () => {
    withPolicy('reject');
    await land(stage, 'a', goodBody());
    const second = await land(stage, 'b', goodBody());
    expect(second).toMatchObject({ state: 'rejected', reason: expect.stringContaining('data/plays/a.csv') });
    const report = stage.lake.newest(`data/quarantine/plays/b.csv@${second.version}.report.json`);
    expect(JSON.parse(report?.body ?? '{}')).toMatchObject({ counts: { duplicate_file: 1 } });
  });

  test('are the first ones once the other file was replaced or rejected', async () => {
    withPolicy('reject');
    for (const states of [
      ['claimed', 'published', 'superseded'] as const,
      ['claimed', 'rejected'] as const,
    ]) {
      const [name, body] = [`a${states.length}`, goodBody(states.length)];
      await bring(stage, await land(stage, name, body), ...states);
      expect(await land(stage, `${name}b`, body)).toMatchObject({ state: 'accepted' });
      expect(await land(stage, `${name}c`, body)).toMatchObject({ state: 'rejected' });
    }
  });

  test('are no concern where they hold no rows, or come again under the same name', async () => {
    withPolicy('reject');
    for (const name of ['a', 'b', 'b'])
      expect(await land(stage, name, 'id,day\n')).toMatchObject({ state: 'accepted' });
  });
});

test('numbers all versions of a key in the order of the lake, whichever event comes first', async () => {
  const files = [1, 2, 3].map((from) => stage.lake.put('data/plays/a.csv', goodBody(from)));
  for (const file of [...files].reverse()) await wake(file);
  const versions = await stage.ports.ledger.files.versionsOf('data/plays/a.csv');
  expect(versions.map(({ version, number, state }) => [version, number, state])).toEqual(
    files.map(({ version }, at) => [version, at + 1, 'accepted']),
  );
});

test('records nothing of what lies elsewhere, nor of a folder marker that is gone', async () => {
  await wake({ key: 'data/archive/plays/a.csv', version: 'v1' });
  await wake({ key: 'data/plays/folder/', version: 'v1' });
  expect(await stage.ports.ledger.files.versionsOf('data/archive/plays/a.csv')).toEqual([]);
  expect(await stage.ports.ledger.files.versionsOf('data/plays/folder/')).toEqual([]);
  expect(stage.news()).toEqual([]);
});

test('records a file that was gone before it was seen as missing, once, behind what S3 still lists', async () => {
  const there = stage.lake.put('data/unheard/of.csv', goodBody());
  const gone = { key: there.key, version: 'v0' };
  for (const again of [1, 2]) {
    await validateLanding(stage.ports)({ ...objectCreated(gone), time: '2024-06-24T00:00:00Z' });
    expect((await stage.ports.ledger.files.landed('unheard')).length, `look ${again}`).toBe(2);
  }
  expect(await stage.ports.ledger.files.versionsOf(gone.key)).toMatchObject([
    { version: there.version, number: 1, state: 'landed' },
    { version: 'v0', number: 2, state: 'missing', landed_at: '2024-06-24T00:00:00.000Z' },
  ]);
  expect((await stage.ports.ledger.files.waiting('unheard')).map(({ version }) => version)).toEqual([
    there.version,
  ]);
  expect(await stage.ports.ledger.files.datasets()).toContain('unheard');
  expect(await stage.ports.ledger.files.landed('unheard', { since: '2024-06-25' })).toMatchObject([
    { version: there.version },
  ]);
  expect(await stage.ports.ledger.files.landed('unheard', { until: '2024-06-24' })).toMatchObject([gone]);
  expect(stage.news()).toEqual([]);
});

test('notes that the bytes of a file that waited are gone', async () => {
  const other = openStage();
  const waiting = await land(other, 'a', goodBody());
  putManifest(other);
  await other.lake.files.remove(waiting);
  await validateLanding(other.ports)(objectCreated(waiting));
  expect(await fileIn(other, waiting)).toMatchObject({ state: 'missing', reason: 'its bytes are gone' });
  expect(await other.ports.ledger.files.waiting('plays')).toEqual([]);
  expect(other.news()).toEqual([]);
});

describe('without a manifest in force', () => {
  test.each([
    ['none', undefined, `waits for ${manifestKey}`],
    ['a broken one', '{', `${manifestKey} is broken`],
    ["another dataset's", manifestOf('data/songs/'), 'directory: data/songs/ is not under data/plays/'],
  ])('a file waits for %s, with the reason', async (_, body, reason) => {
    const other = openStage();
    if (body !== undefined) other.lake.put(manifestKey, body);
    const file = await land(other, 'a', goodBody());
    expect(file).toMatchObject({ state: 'landed', reason: expect.stringContaining(reason) });
    expect(other.news()).toEqual([]);
  });

  test('its arrival wakes every file that waits', async () => {
    const other = openStage();
    const files = [await land(other, 'a', goodBody()), await land(other, 'b', goodBody(200))];
    await validateLanding(other.ports)(objectCreated(putManifest(other)));
    expect(other.invoked).toEqual(
      files.map((file) => ({ name: 'validate-landing', command: lookAgain('file', fileId(file)) })),
    );
  });

  test('the arrival of a new one wakes the batch of what was accepted under the old one', async () => {
    await land(stage, 'a', goodBody());
    await validateLanding(stage.ports)(objectCreated(putManifest(stage, { purpose: 'changed' })));
    expect(stage.invoked).toEqual([{ name: 'run-transform', command: lookAgain('dataset', 'plays') }]);
  });
});
