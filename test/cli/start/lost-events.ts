import { readFile } from 'node:fs/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, vi } from 'vitest';
import { lambdaFunctions } from '../../../functions/adapters/lambda-functions.ts';
import { lookAgain } from '../../../functions/pipeline/events.ts';
import { fileId, rowsKey } from '../../../functions/pipeline/lake-keys.ts';
import { repairKey } from '../../../functions/pipeline/queries/repairs.ts';
import type { FileRecord } from '../../../functions/pipeline/records/file.ts';
import { askReprocess } from '../../../functions/pipeline/steps/reprocess/reprocess.ts';
import { startCloud } from '../../../local/cloud/cloud.ts';
import { parseChaos } from '../../../local/cloud/events/chaos.ts';
import { rowsOf, smallStreams } from '../../end-to-end/listens.ts';
import { type Pipeline, pipelineAt } from '../../end-to-end/pipeline.ts';

const header = 'user_id,track_id,listen_time\n';
const whole = rowsOf(smallStreams(61));
const asCsv = (rows: readonly string[]): string => header + rows.map((row) => `${row}\n`).join('');
const isBroken = (at: number): boolean => at === 3 || at === 7;

/**
 * On the state of a start: rows that are quarantined and repaired, a file that breaks a quality rule, and a reprocess after which a
 * file keeps its rows. Files have tags. All events are lost, so that the sweep wakes every function.
 */
export const workWithoutEvents = async (state: string): Promise<void> => {
  const cloud = await startCloud({
    root: process.cwd(),
    state,
    chaos: parseChaos('lose=1'),
    sweepEvery: 1_000,
  });
  try {
    const pipeline = pipelineAt(cloud.environment);
    const functions = lambdaFunctions('soundcheck-dev');
    const landManifest = async (changes: object): Promise<void> => {
      const manifest = JSON.parse(await readFile('rules/streams/manifest.json', 'utf8'));
      Object.assign(manifest.schema.validation, changes);
      const file = await pipeline.land('data/streams/manifest.json', JSON.stringify(manifest));
      await functions.invoke('validate-landing', lookAgain('file', fileId(file)));
    };
    await landManifest({ on_error: 'quarantine_rows' });
    const half = whole.map((row, at) => (isBroken(at) ? row.replace(/^\d+/, 'nobody') : row));
    const short = smallStreams(62).replace(/^(\d+),\w{22},/gm, (_, user: string) => `${user},short,`);
    const files = [await landTagged('streams61.csv', asCsv(half)), await landTagged('streams62.csv', short)];
    const [source] = await pipeline.atRest(files);
    if (!source) throw new Error('the file is not known');
    expect(source).toMatchObject({ state: 'published', quarantined_rows: 2 });

    const rows = (await pipeline.files.readText(rowsKey(source, 'csv'))) ?? '';
    const repaired = rows.split('\n').map((row) => row.replace(/^nobody/, '7'));
    await pipeline.atRest([await pipeline.land(repairKey(source), repaired.join('\n'))]);

    const look = () => functions.invoke('run-transform', lookAgain('dataset', 'streams'));
    await reprocess(pipeline, await pipeline.ledger.files.published('streams'), 'replaced', look);
    await landManifest({ on_error: 'quarantine' });
    const again = await pipeline.ledger.files.published('streams');
    await reprocess(
      pipeline,
      again.filter(({ key }) => key === source.key),
      'kept',
      look,
    );
    await pipeline.atRest([await pipeline.land(source.key, asCsv(whole))]);
    // Nobody knows this dataset.
    await pipeline.land('data/unknown/file.csv', 'a\n1\n');
  } finally {
    await cloud.stop();
  }
};

const landTagged = async (name: string, Body: string) => {
  const s3 = new S3Client();
  const where = { Bucket: process.env.LAKE_BUCKET, Key: `data/streams/${name}` };
  const { VersionId = '' } = await s3.send(
    new PutObjectCommand({ ...where, Body, Tagging: 'from=upstream' }),
  );
  s3.destroy();
  return { key: where.Key, version: VersionId };
};

const reprocess = async (
  { ledger }: Pipeline,
  files: readonly FileRecord[],
  outcome: string,
  look: () => Promise<void>,
): Promise<void> => {
  const clock = { now: () => new Date().toISOString() };
  for (const file of files) await askReprocess({ ledger, clock }, file);
  await look();
  await vi.waitFor(
    async () => {
      const found = await ledger.files.findAll(files);
      const outcomes = found.map(
        (file) => file.state === 'published' && !file.reprocess && file.reprocessed?.at(-1)?.outcome,
      );
      expect(outcomes).toEqual(files.map(() => outcome));
    },
    { timeout: 120_000, interval: 500 },
  );
};
