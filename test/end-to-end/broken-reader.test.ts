import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { GetJobRunsCommand, GlueClient } from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import { soundcheck } from '../cli/soundcheck-process.ts';
import { poisonousParquet } from '../local/engines/duckdb/poison.ts';
import { smallStreams } from './listens.ts';
import { type Pipeline, pipelineAt } from './pipeline.ts';
import { projectWith } from './project.ts';
import { queryWarehouse } from './warehouse.ts';

/** A dataset that keeps every column of its Parquet files. */
const dx: Readonly<Record<string, string>> = {
  'rules/dx/manifest.json': JSON.stringify({
    version: '1.0',
    directory: 'data/dx/',
    schema: {
      extension: '.parquet',
      unknown_fields: 'text',
      fields_required: false,
      fields: { id: { type: 'int', required: true } },
      validation: { on_error: 'quarantine_rows' },
    },
  }),
  'rules/dx/quality.dqdl': 'Rules = [\n  RowCount > 0\n]\n',
  'sql/silver/dx.sql': `-- one row per record
{{ config(meta={'key': ['id'], 'order': ['id']}) }}

select
  cast(id as bigint) as id,
  cast(unknown_fields as varchar(4096)) as others,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'dx') }}
`,
};

let root: string;
let state: string;
let cloud: Cloud;
let pipeline: Pipeline;
let glue: GlueClient;

const start = async (): Promise<void> => {
  cloud = await startCloud({ root, state });
  pipeline = pipelineAt(cloud.environment);
  glue = new GlueClient();
};
beforeAll(async () => {
  root = await projectWith(dx);
  state = await mkdtemp(join(tmpdir(), 'end-to-end-'));
  await start();
  for (const dataset of ['dx', 'streams']) await pipeline.landManifest(dataset, root);
}, 120_000);
afterAll(async () => {
  await cloud?.stop();
  for (const folder of [root, state]) await rm(folder, { recursive: true, force: true });
});

/** The processes that read landed files for the clouds of this process. */
const readers = (): number[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s.*reader\.mjs/.exec(line))
    .flatMap((found) => (Number(found?.[2]) === process.pid ? [Number(found?.[1])] : []));

const stateOf = async (file: FileVersion) => (await pipeline.ledger.files.find(file))?.state;
/** The state of the newest transform: once it is running, it has a reader. */
const newestRun = async (): Promise<string | undefined> => {
  const { JobRuns = [] } = await glue.send(
    new GetJobRunsCommand({ JobName: 'soundcheck-dev-transform', MaxResults: 1 }),
  );
  return JobRuns[0]?.JobRunState;
};
const published = (file: FileVersion) =>
  vi.waitFor(async () => expect(await stateOf(file)).toBe('published'), { timeout: 150_000, interval: 100 });

describe('a file that breaks what reads it', { timeout: 400_000 }, () => {
  test('holds up no other, neither now nor after a restart', async () => {
    const poison = await pipeline.land('data/dx/variant.parquet', poisonousParquet);
    await published(await pipeline.land('data/streams/streams1.csv', smallStreams(1)));
    const rests = ['published', 'quarantined', 'parked'];
    await vi.waitFor(async () => expect(rests).toContain(await stateOf(poison)), { timeout: 150_000 });
    expect(await queryWarehouse('select 1')).toEqual([['1']]);
    await cloud.stop();
    expect(readers()).toEqual([]);
    await start();
    await pipeline.land('data/dx/again.parquet', poisonousParquet);
    await published(await pipeline.land('data/streams/streams2.csv', smallStreams(2)));
    expect(await queryWarehouse('select count(*) from silver.streams')).toEqual([['60']]);
  });

  test('fails only the run whose process is killed in the middle', async () => {
    const stopped = readers();
    expect(stopped).not.toEqual([]);
    // One of them takes up its next run and gets nowhere with it.
    for (const reader of stopped) process.kill(reader, 'SIGSTOP');
    const file = await pipeline.land('data/streams/streams3.csv', smallStreams(3));
    await vi.waitFor(async () => expect(await newestRun()).toBe('RUNNING'), {
      timeout: 150_000,
      interval: 50,
    });
    for (const reader of stopped) process.kill(reader, 'SIGKILL');
    await published(file);
    expect(await pipeline.ledger.files.find(file)).toMatchObject({ failed_runs: 1, failed_alone: 1 });
    expect(readers()).not.toEqual(expect.arrayContaining(stopped));
    expect(await queryWarehouse('select 1')).toEqual([['1']]);
  });

  test('is parked once that happened twice, and published after soundcheck retry', async () => {
    const killing = setInterval(() => {
      for (const reader of readers()) process.kill(reader, 'SIGKILL');
    }, 50);
    const file = await pipeline.land('data/streams/streams5.csv', smallStreams(5));
    await vi.waitFor(async () => expect(await stateOf(file)).toBe('parked'), { timeout: 150_000 });
    clearInterval(killing);
    const { code, stdout } = await soundcheck(['retry', 'streams', '--state', state]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/data\/streams\/streams5\.csv +30 +30 +0 +0\n/),
    ]);
    expect(await pipeline.ledger.files.find(file)).toMatchObject({ state: 'published', rows: 30 });
    const again = await soundcheck(['retry', 'streams', '--state', state]);
    expect([again.code, again.stdout]).toEqual([0, 'No file of streams is parked.\n']);
  });

  test('is none where it is gzip that zeros follow', async () => {
    const padded = Buffer.concat([gzipSync(smallStreams(4)), Buffer.alloc(2 ** 16)]);
    const file = await pipeline.land('data/streams/streams9.csv.gz', padded);
    await published(file);
    expect(await pipeline.ledger.files.find(file)).toMatchObject({ rows: 30, failed_runs: 0 });
  });
});
