import { beforeEach, describe, expect, test } from 'vitest';
import { archiveFiles } from '../../functions/archive-files.ts';
import { batchEvent, lookAgain } from '../../functions/pipeline/events.ts';
import { deployedKey, fileId, reprocessReportKey, rowsKey } from '../../functions/pipeline/lake-keys.ts';
import { TransformSpec } from '../../functions/pipeline/spec.ts';
import { askReprocess } from '../../functions/pipeline/steps/reprocess/reprocess.ts';
import { runTransform } from '../../functions/run-transform.ts';
import { settleBatch } from '../../functions/settle-batch.ts';
import { sweep } from '../../functions/sweep.ts';
import { validateLanding } from '../../functions/validate-landing.ts';
import { parseManifest } from '../../functions/validation/manifest/manifest.ts';
import { check, land, publish, putManifest, transform } from './acts.ts';
import { objectCreated, runEnded } from './events.ts';
import { ledgerWith } from './partly.ts';
import type { StoredFile } from './records.ts';
import { fileIn, goodBody, manifest, openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
  putManifest(stage);
});

/** Deploys other SQL or rules. */
const deploy = (changes: object): void => {
  const { catalog } = stage.ports;
  const { plays } = catalog.datasets;
  if (!plays) throw new Error('no plays');
  stage.ports.catalog = { ...catalog, datasets: { plays: { ...plays, ...changes } } };
};

/** Lands a file and brings it to the archive. */
const published = async (name: string, body: string): Promise<StoredFile> => {
  const file = await land(stage, name, body);
  await publish(stage);
  await archiveFiles(stage.ports)(
    batchEvent('Batch Published', { dataset: 'plays', id: (await fileIn(stage, file)).batch_id ?? '' }),
  );
  return fileIn(stage, file);
};

/** Asks for a file to be reprocessed and has it validated again. */
const validated = async (file: StoredFile): Promise<StoredFile> => {
  await askReprocess(stage.ports, await fileIn(stage, file));
  await validateLanding(stage.ports)(objectCreated(file));
  return fileIn(stage, file);
};

const reprocessed = async (file: StoredFile): Promise<StoredFile> => {
  await validated(file);
  await publish(stage);
  return fileIn(stage, file);
};

const rows = () =>
  stage.engine.silver().map(({ key, id, sql }) => `${key.slice('data/plays/'.length)} ${id} ${sql}`);
const inForce = () => stage.ports.catalog.datasets.plays?.sql;

describe('a published file that is reprocessed', () => {
  test('has its rows replaced by those of the SQL in force, and its history says so', async () => {
    const file = await published('a', goodBody(100));
    deploy({ sql: 'select id, day, 1 as one from landed_plays' });
    const after = await reprocessed(file);
    expect(after).toMatchObject({ state: 'published', rows: 2, batch_id: 'plays-00000002' });
    expect(after.published_at).toBe(file.published_at);
    expect(after.made_by).not.toBe(file.made_by);
    expect(after.reprocess).toBeUndefined();
    expect(after.reprocessed).toMatchObject([
      { outcome: 'replaced', batch_id: 'plays-00000002', replaced_batch: file.batch_id, rows: 2 },
    ]);
    expect(rows()).toEqual([`a.csv 100 ${inForce()}`, `a.csv 101 ${inForce()}`]);
    expect(await stage.ports.ledger.files.reprocessing('plays')).toEqual([]);
    expect(await stage.ports.ledger.rebuilds.pending('listening')).toContain('plays-00000002');
  });

  test('is read from the archive', async () => {
    const file = await published('a', goodBody(100));
    await validated(file);
    await transform(stage);
    const text = stage.lake.newest('runs/plays-00000002/transform.spec.json')?.body ?? '';
    expect(TransformSpec.parse(JSON.parse(text)).files).toMatchObject([
      { key: file.key, version: file.version, clean_key: file.stored_as, reprocessed: true },
    ]);
  });

  test('keeps its rows where it breaks the manifest now, with a report and out of quarantine', async () => {
    const file = await published('a', goodBody(100));
    putManifest(stage, {
      schema: {
        ...manifest.schema,
        fields: { ...manifest.schema.fields, id: { type: 'int', required: true, max: 100 } },
      },
    });
    const after = await validated(file);
    const report = reprocessReportKey(after);
    expect(after).toMatchObject({ state: 'published', batch_id: file.batch_id, made_by: file.made_by });
    expect(after.reprocessed).toMatchObject([
      { outcome: 'kept', violations: 1, report, reason: expect.stringContaining('line 3') },
    ]);
    expect(stage.lake.newest(report)?.body).toContain('"verdict": "rejected"');
    expect(stage.lake.keys().filter((key) => key.startsWith('data/quarantine/'))).toEqual([report]);
    expect(rows()).toHaveLength(2);
    expect(await stage.ports.ledger.files.reprocessing('plays')).toEqual([]);
  });

  test('keeps its rows where it breaks a rule now, and takes no other file with it', async () => {
    const [strict, good] = [
      await published('a', 'id,day\n777,2024-06-25\n'),
      await published('b', goodBody(200)),
    ];
    deploy({
      ruleset: 'Rules = [ ColumnValues "id" < 700 ]',
      sql: 'select id, day, 1 as one from landed_plays',
    });
    await validated(strict);
    const after = await reprocessed(good);
    expect(after.reprocessed).toMatchObject([{ outcome: 'replaced' }]);
    const kept = await fileIn(stage, strict);
    expect(kept.reprocessed).toMatchObject([
      { outcome: 'kept', violations: 1, reason: expect.stringMatching(/^broke /) },
    ]);
    expect(stage.lake.newest(reprocessReportKey(kept))?.body).toContain('ColumnValues');
    expect(rows()).toEqual([
      'a.csv 777 select id, day from landed_plays',
      ...[200, 201].map((id) => `b.csv ${id} ${inForce()}`),
    ]);
    expect(stage.news().filter((said) => said.startsWith('File Rejected'))).toEqual([]);
  });

  test('is left alone once a newer version is published', async () => {
    const file = await published('a', goodBody(100));
    await validated(file);
    const newer = await land(stage, 'a', goodBody(300));
    // A fence at which what lands goes first.
    await publish(stage);
    expect(await fileIn(stage, newer)).toMatchObject({ state: 'published' });
    expect(await fileIn(stage, file)).toMatchObject({ state: 'superseded' });
    expect((await fileIn(stage, file)).reprocess).toBeUndefined();
    await runTransform(stage.ports)(batchEvent('Batch Published', { dataset: 'plays', id: '' }));
    expect(stage.engine.running()).toEqual([]);
    expect(rows().map((row) => row.split(' ')[1])).toEqual(['300', '301']);
  });

  test('is asked for once, however often somebody asks', async () => {
    const file = await published('a', goodBody(100));
    await askReprocess(stage.ports, file);
    expect(await askReprocess(stage.ports, file)).toBeUndefined();
    expect(await askReprocess(stage.ports, await fileIn(stage, file))).toBeUndefined();
    expect(await stage.ports.ledger.files.reprocessing('plays')).toHaveLength(1);
  });

  test('gives up where its runs fail twice with no other file, and keeps its rows', async () => {
    const file = await published('a', goodBody(100));
    await validated(file);
    for (const _ of [1, 2]) {
      const run = await transform(stage);
      stage.engine.fail(run, 'out of memory');
      const { checkQuality } = await import('../../functions/check-quality.ts');
      await checkQuality(stage.ports)(runEnded(run));
    }
    const after = await fileIn(stage, file);
    expect(after.reprocessed).toMatchObject([{ outcome: 'failed', reason: 'out of memory' }]);
    expect([after.state, after.reprocess]).toEqual(['published', undefined]);
    expect(rows()).toHaveLength(2);
  });

  test('is brought to its end by sweep alone', async () => {
    const file = await published('a', goodBody(100));
    await askReprocess(stage.ports, file);
    await sweep(stage.ports)();
    expect(stage.invoked).toContainEqual({
      name: 'validate-landing',
      command: lookAgain('file', fileId(file)),
    });
    await validateLanding(stage.ports)(objectCreated(file));
    await sweep(stage.ports)();
    expect(stage.invoked.map(({ name }) => name)).toContain('run-transform');
  });
});

describe('rows that were repaired', () => {
  const rowsManifest = {
    schema: {
      ...manifest.schema,
      validation: { on_error: 'quarantine_rows', quarantine_path: 'data/quarantine' },
    },
  };
  const mixed = 'id,day\n100,2024-06-25\n101,yesterday\n';
  const landRepair = async (source: StoredFile): Promise<StoredFile> => {
    const text = stage.lake.newest(rowsKey(source, 'csv'))?.body ?? '';
    const repair = await land(
      stage,
      `${source.key.slice('data/plays/'.length)}@${source.version}.rows`,
      text.replace('yesterday', '2024-06-24'),
    );
    await publish(stage);
    await archiveFiles(stage.ports)(
      batchEvent('Batch Published', { dataset: 'plays', id: (await fileIn(stage, repair)).batch_id ?? '' }),
    );
    return fileIn(stage, repair);
  };

  test('stay published when the file that they repair is reprocessed', async () => {
    putManifest(stage, rowsManifest);
    const source = await published('a', mixed);
    const repair = await landRepair(source);
    expect(repair).toMatchObject({ state: 'published', landed_as: `${source.key}#repair` });
    deploy({ sql: 'select id, day, 1 as one from landed_plays' });
    const after = await reprocessed(source);
    expect(after).toMatchObject({ rows: 1, quarantined_rows: 1 });
    expect(rows()).toEqual(['a.csv#repair 101 select id, day from landed_plays', `a.csv 100 ${inForce()}`]);
    const repaired = await reprocessed(repair);
    expect(repaired.reprocessed).toMatchObject([{ outcome: 'replaced' }]);
    expect(rows()).toEqual([`a.csv 100 ${inForce()}`, `a.csv#repair 101 ${inForce()}`]);
  });

  test('keep a file from counting a line twice that the manifest accepts as it landed', async () => {
    putManifest(stage, rowsManifest);
    const source = await published('a', mixed);
    await landRepair(source);
    const loose = { ...manifest.schema.fields, day: { type: 'string', required: true } };
    putManifest(stage, { schema: { ...rowsManifest.schema, fields: loose } });
    const after = await validated(source);
    expect(after.reprocessed).toMatchObject([
      { outcome: 'kept', reason: expect.stringContaining('line 3 was repaired') },
    ]);
    expect(rows().map((row) => row.split(' ')[1])).toEqual(['100', '101']);
  });

  test('are read in the archive where they leave landing while the file is validated again', async () => {
    putManifest(stage, rowsManifest);
    const source = await published('a', mixed);
    const repair = await landRepair(source);
    deploy({ sql: 'select id, day, 1 as one from landed_plays' });
    const { stored_as: _stored, archived_at: _archived, ...before } = repair;
    const { ledger } = stage.ports;
    const stale = (file: StoredFile): StoredFile => (file.key === repair.key ? (before as StoredFile) : file);
    const versionsOf = async (key: string) =>
      ((await ledger.files.versionsOf(key)) as StoredFile[]).map(stale);
    stage.ports = { ...stage.ports, ledger: ledgerWith(ledger, { files: { versionsOf } }) };
    expect(await validated(source)).toMatchObject({ reprocess: { state: 'accepted' } });
  });

  test('are validated again where the file that they repair was published again since', async () => {
    putManifest(stage, rowsManifest);
    const source = await published('a', mixed);
    const text = stage.lake.newest(rowsKey(source, 'csv'))?.body ?? '';
    await validated(source);
    const quality = await check(stage, await transform(stage));
    const repair = await land(stage, `a.csv@${source.version}.rows`, text.replace('yesterday', '2024-06-24'));
    stage.endRuns();
    await settleBatch(stage.ports)(runEnded(quality));
    await transform(stage);
    expect(await fileIn(stage, repair)).toMatchObject({ state: 'landed' });
  });
});

describe('SQL and manifest of different deployments', () => {
  const sha = (text: string): string => {
    const parsed = parseManifest(text);
    return parsed.ok ? parsed.sha256 : '';
  };

  test('wait for each other', async () => {
    const old = putManifest(stage).body;
    stage.lake.put(deployedKey('plays'), JSON.stringify([sha(old)]));
    deploy({ manifest_sha256: sha(JSON.stringify({ ...manifest, purpose: 'newer' })) });
    const file = await land(stage, 'a', goodBody());
    await transform(stage);
    expect(await fileIn(stage, file)).toMatchObject({
      state: 'accepted',
      reason: expect.stringMatching(/are of one deployment$/),
    });
    expect(await stage.ports.ledger.leases.find('plays')).toEqual({ name: 'plays', fence: 0 });
    putManifest(stage, { purpose: 'newer' });
    await transform(stage);
    await validateLanding(stage.ports)(objectCreated(file));
    await transform(stage);
    expect((await fileIn(stage, file)).state).toBe('claimed');
  });
});
