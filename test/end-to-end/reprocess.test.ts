import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { outdatedRows } from '../../cli/outdated-rows.ts';
import { redeploy } from '../../cli/target/running-cloud.ts';
import { lambdaFunctions } from '../../functions/adapters/lambda-functions.ts';
import { lookAgain } from '../../functions/pipeline/events.ts';
import { askReprocess } from '../../functions/pipeline/steps/reprocess/reprocess.ts';
import type { StoredFile } from '../functions/records.ts';
import { type Pipeline, pipelineAt } from './pipeline.ts';
import { projectWith } from './project.ts';
import { queryWarehouse } from './warehouse.ts';

/** Ratings of tracks: first without their stars as a number, then with them. */
const manifest = (rating: object): string =>
  JSON.stringify({
    version: '1.0',
    directory: 'data/ratings/',
    schema: {
      extension: '.csv',
      name_pattern: 'ratings[0-9]+\\.csv',
      fields: {
        user_id: { type: 'int', required: true },
        stars: { type: 'int', required: true, min: 0, max: 1000, ...rating },
        rated_at: { type: 'timestamp', required: true },
      },
    },
  });

const silver = (columns: string): string => `-- one row per landed rating
{{ config(meta={'key': ['user_id'], 'order': ['rated_at']}) }}

select
  cast(user_id as bigint) as user_id,
${columns}
  cast(rated_at as timestamp) as rated_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'ratings') }}
`;

/** `REPROCESS_ENGINE=spark` runs the jobs on Spark, whose tables take no other type than a wider one. */
const engine = process.env.REPROCESS_ENGINE ?? 'duckdb';
const patience = engine === 'spark' ? 600_000 : 120_000;
const first = silver(`  cast(stars as ${engine === 'spark' ? 'integer' : 'varchar(8)'}) as stars,`);
/** A column is new, the type of another changes. */
const second = silver(
  '  cast(stars as bigint) as stars,\n  cast(cast(stars as bigint) * 20 as bigint) as share,',
);

const body = (stars: number): string =>
  `user_id,stars,rated_at\n${[0, 1, 2].map((row) => `${10 * stars + row},${stars},2024-06-25 10:00:00\n`).join('')}`;

let root: string;
let state: string;
let child: ChildProcess | undefined;
let pipeline: Pipeline;

const start = async (): Promise<void> => {
  const script = join(import.meta.dirname, 'cloud-process.ts');
  child = spawn(process.execPath, ['--import', 'tsx', script, root, state], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`the cloud did not start, exit code ${code}`);
  });
  const begun = once(createInterface(child.stdout ?? process.stdin), 'line');
  const [line] = await Promise.race([begun, gone]);
  gone.catch(() => {});
  pipeline = pipelineAt(JSON.parse(line));
};

const kill = async (): Promise<void> => {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
};

beforeAll(async () => {
  root = await projectWith({
    'rules/ratings/manifest.json': manifest({}),
    'rules/ratings/quality.dqdl': 'Rules = [\n  RowCount > 0\n]\n',
    'sql/silver/ratings.sql': first,
  });
  state = await mkdtemp(join(tmpdir(), 'end-to-end-'));
  await writeFile(join(state, 'engine'), `${engine}\n`);
  await start();
}, patience);
afterAll(async () => {
  await kill();
  await rm(state, { recursive: true, force: true });
  await rm(root, { recursive: true, force: true });
});

const deploy = (): Promise<void> => redeploy(process.env.AWS_ENDPOINT_URL ?? '');
const ratings = (columns: string) => queryWarehouse(`select ${columns} from silver.ratings order by user_id`);

const reprocess = async (): Promise<void> => {
  const clock = { now: () => new Date().toISOString() };
  const files = await pipeline.ledger.files.published('ratings');
  for (const file of files) await askReprocess({ ledger: pipeline.ledger, clock }, file);
  const functions = lambdaFunctions((process.env.LEDGER_TABLE ?? '').replace(/-ledger$/, ''));
  if (files[0]) await functions.invoke('run-transform', lookAgain('dataset', files[0].dataset));
};

const reprocessed = (): Promise<readonly StoredFile[]> =>
  vi.waitFor(
    async () => {
      const files = await pipeline.ledger.files.published('ratings');
      expect(
        files.flatMap(({ key, reprocess: request }) => (request ? [`${key} is ${request.state}`] : [])),
      ).toEqual([]);
      return [...files].sort((a, b) => a.key.localeCompare(b.key));
    },
    { timeout: patience, interval: 200 },
  );

/** In order: each goes on from where the one before left the cloud. */
describe('a change of SQL and manifest', { timeout: 2 * patience }, () => {
  test('changes nothing where the SQL is broken, and says where it is', async () => {
    await pipeline.landManifest('ratings', root);
    const files = [1, 2, 5].map((stars) => pipeline.land(`data/ratings/ratings${stars}.csv`, body(stars)));
    await pipeline.atRest(await Promise.all(files), { timeout: patience });
    await writeFile(join(root, 'sql/silver/ratings.sql'), second.replace('as share', 'as'));
    await expect(deploy()).rejects.toThrow(/nothing was changed: sql\/silver\/ratings\.sql:\d+/);
    expect(await ratings('stars')).toEqual([1, 1, 1, 2, 2, 2, 5, 5, 5].map((stars) => [String(stars)]));
  });

  test('gives the table its new column and type at once, old rows without values in it', async () => {
    await writeFile(join(root, 'sql/silver/ratings.sql'), second);
    await writeFile(join(root, 'rules/ratings/manifest.json'), manifest({ max: 4 }));
    await deploy();
    await pipeline.landManifest('ratings', root);
    expect(await ratings('stars + 1, coalesce(share, -1)')).toContainEqual(['2', '-1']);
    expect(await outdatedRows(root, state)).toEqual([
      expect.stringMatching(
        /^ratings: 9 rows of 3 files were made by another .*: npx soundcheck reprocess ratings\b/,
      ),
    ]);
  });

  test('reaches all published rows, though the cloud is killed; what breaks the manifest keeps its rows', async () => {
    const before = await pipeline.ledger.files.published('ratings');
    await reprocess();
    await pause(300);
    await kill();
    // The state's ledger is read though no cloud runs on it.
    expect(await outdatedRows(root, state)).toEqual([
      expect.stringMatching(/^ratings: \d rows of \d files? /),
    ]);
    await start();
    const files = await reprocessed();
    const outcomes = files.map((file) => file.reprocessed?.at(-1)?.outcome);
    expect(outcomes).toEqual(['replaced', 'replaced', 'kept']);
    const kept = files.at(-1);
    const { batch_id } = before.find(({ key }) => key === kept?.key) ?? {};
    expect(kept).toMatchObject({ state: 'published', rows: 3, batch_id });
    const told = kept?.reprocessed?.at(-1);
    expect(told).toMatchObject({ violations: 3, reason: expect.stringContaining('line 2, column stars') });
    const report = JSON.parse((await pipeline.files.readText(told?.report ?? '')) ?? '{}');
    expect(report).toMatchObject({ verdict: 'rejected', violations_total: 3 });
    const percents = [20, 20, 20, 40, 40, 40, -1, -1, -1];
    expect(await ratings('coalesce(share, -1)')).toEqual(percents.map((share) => [String(share)]));
    expect(new Set(files.map(({ made_by }) => made_by)).size).toBe(2);
  });
});
