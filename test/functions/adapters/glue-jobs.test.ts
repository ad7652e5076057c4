import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { glueJobs } from '../../../functions/adapters/glue-jobs.ts';
import { openGlue } from '../../../local/cloud/glue/glue.ts';
import type { JsonService } from '../../../local/cloud/protocol.ts';
import type { JobRun } from '../../../local/engines/job.ts';
import { type Laptop, openLaptop } from './laptop.ts';

const jobs = ['transform', 'quality'].map((name) => ({
  name: `app-${name}`,
  script: `s3://code/${name}.py`,
  maxConcurrentRuns: 3,
  timeoutMinutes: 60,
}));
let directory: string;
let glue: JsonService;
let laptop: Laptop;
let work: { run: JobRun; end: () => void; fail: (error: Error) => void }[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'jobs-'));
  work = [];
  const execute = (run: JobRun): Promise<void> =>
    new Promise((end, fail) => {
      run.signal.addEventListener('abort', () => fail(run.signal.reason));
      work.push({ run, end, fail });
    });
  glue = await openGlue({ directory, jobs, execute, publish: async () => {} });
  laptop = await openLaptop({ json: { glue } });
});
afterEach(async () => {
  await laptop.close();
  await glue.close();
  await rm(directory, { recursive: true });
});

const open = () => glueJobs('lake', { transform: 'app-transform', quality: 'app-quality' });

test('starts a run with its spec as the only argument and follows it to its end', async () => {
  const { start, run } = open();
  const id = await start('transform', 'runs/b1/transform.spec.json');
  expect(work[0]?.run.arguments).toEqual({ '--spec': 's3://lake/runs/b1/transform.spec.json' });
  const asStarted = { id, spec: 'runs/b1/transform.spec.json', state: 'running' };
  expect(await run('transform', id)).toEqual(asStarted);
  work[0]?.end();
  await vi.waitFor(async () =>
    expect(await run('transform', id)).toEqual({ ...asStarted, state: 'succeeded' }),
  );
});

test('says why a run failed', async () => {
  const { start, run } = open();
  const id = await start('quality', 'spec');
  work[0]?.fail(new RangeError('3 rows expected'));
  await vi.waitFor(async () =>
    expect(await run('quality', id)).toEqual({
      id,
      spec: 'spec',
      state: 'failed',
      message: 'RangeError: 3 rows expected',
    }),
  );
});

test.each(['STOPPED', 'TIMEOUT', 'ERROR', 'EXPIRED'])(
  'takes a run that is %s for a failed one',
  async (state) => {
    laptop.meddle(() => ({ status: 200, body: { JobRun: { Id: 'jr_1', JobRunState: state } } }));
    expect(await open().run('transform', 'jr_1')).toEqual({ id: 'jr_1', spec: '', state: 'failed' });
  },
);

test.each(['STARTING', 'STOPPING', 'WAITING'])('takes a run that is %s for a running one', async (state) => {
  laptop.meddle(() => ({ status: 200, body: { JobRun: { Id: 'jr_1', JobRunState: state } } }));
  expect(await open().run('transform', 'jr_1')).toMatchObject({ state: 'running' });
});

test('knows no run of another job or none at all', async () => {
  const { start, run } = open();
  const id = await start('transform', 'spec');
  expect(await run('quality', id)).toBeUndefined();
  expect(await run('transform', 'jr_0')).toBeUndefined();
});

test('answers busy when the job runs as often as it may, and starts again once a run has ended', async () => {
  const { start, run } = open();
  const ids = [await start('transform', 'a'), await start('transform', 'b'), await start('transform', 'c')];
  expect(await start('transform', 'd')).toBe('busy');
  expect(await start('quality', 'd')).toMatch(/^jr_/);
  work[0]?.end();
  await vi.waitFor(async () => expect((await run('transform', ids[0] ?? ''))?.state).toBe('succeeded'));
  expect(await start('transform', 'd')).toMatch(/^jr_/);
});

test('answers busy when the account has no workers left', async () => {
  const answer = { __type: 'ResourceNumberLimitExceededException', Message: 'Max concurrent DPUs exceeded' };
  laptop.once('StartJobRun', () => ({ status: 400, body: answer }));
  expect(await open().start('transform', 'a')).toBe('busy');
});

test.each([
  ['of a run that scales', { DPUSeconds: 90, ExecutionTime: 60, MaxCapacity: 5 }, 90],
  ['of another one', { ExecutionTime: 60, MaxCapacity: 2 }, 120],
  ['of one that has not ended', { MaxCapacity: 2 }, undefined],
])('tells the DPU-seconds %s', async (_, facts, dpu_seconds) => {
  const JobRun = { Id: 'jr_1', JobRunState: 'SUCCEEDED', Arguments: { '--spec': 's3://lake/a' }, ...facts };
  laptop.once('GetJobRun', () => ({ status: 200, body: { JobRun } }));
  expect((await open().run('transform', 'jr_1'))?.dpu_seconds).toBe(dpu_seconds);
});

test('finds the runs of a spec, newest first, on whatever page they lie', async () => {
  const { runsOf } = open();
  const started: string[] = [];
  const startAndEnd = async (spec: string): Promise<void> => {
    const { JobRunId } = await glue.handle('StartJobRun', {
      JobName: 'app-transform',
      Arguments: { '--spec': `s3://lake/${spec}` },
    });
    started.push(String(JobRunId));
    work.at(-1)?.end();
    await new Promise(setImmediate);
  };
  await startAndEnd('old');
  await startAndEnd('old');
  for (let number = 0; number < 210; number++) await startAndEnd(`other-${number}`);
  expect((await runsOf('transform', 'old')).map(({ id }) => id)).toEqual([started[1], started[0]]);
  expect(laptop.seen).toHaveLength(5);
  expect(await runsOf('transform', 'never')).toEqual([]);
});

test('finds a run whose start was not answered, and does not start it twice', async () => {
  const { start, runsOf } = open();
  laptop.once('StartJobRun', () => 'lost');
  await expect(start('transform', 'lost')).rejects.toThrow();
  expect(laptop.seen).toHaveLength(1);
  expect(await runsOf('transform', 'lost')).toMatchObject([{ state: 'running' }]);
});

test('says which job a function does not know', async () => {
  await expect(glueJobs('lake', { quality: 'app-quality' }).start('transform', 'spec')).rejects.toThrow(
    'this function has no name for the transform job',
  );
  await expect(glueJobs('lake', { quality: 'app-unknown' }).start('quality', 'spec')).rejects.toThrow(
    /not found/,
  );
});
