import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  ConcurrentRunsExceededException,
  EntityNotFoundException,
  GetJobRunCommand,
  GlueClient,
  InvalidInputException,
  paginateGetJobRuns,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openGlue } from '../../../../local/cloud/glue/glue.ts';
import type { RunsOptions } from '../../../../local/cloud/glue/runs.ts';
import type { BusEvent, JsonService } from '../../../../local/cloud/protocol.ts';
import type { JobRun } from '../../../../local/engines/job.ts';
import { serve } from './json-server.ts';

const jobs = [
  {
    name: 'app-transform',
    script: 's3://code/glue/1a2b/transform.py',
    maxConcurrentRuns: 2,
    timeoutMinutes: 60,
  },
  {
    name: 'app-quality',
    script: 's3://code/glue/1a2b/quality.py',
    maxConcurrentRuns: 20,
    timeoutMinutes: 60,
  },
];

let directory: string;
let events: BusEvent[];
let opened: JsonService[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'glue-'));
  events = [];
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((glue) => glue.close()));
  rmSync(directory, { recursive: true });
});

const open = async (
  execute: RunsOptions['execute'],
  publish?: RunsOptions['publish'],
  folder = directory,
  known = jobs,
): Promise<JsonService> => {
  const keep = async (event: BusEvent) => void events.push(event);
  const glue = await openGlue({ directory: folder, jobs: known, execute, publish: publish ?? keep });
  opened.push(glue);
  glue.resume();
  return glue;
};

/** What a process that dies now leaves. */
const afterDeath = (of = directory): string => {
  const folder = mkdtempSync(join(directory, 'after-'));
  for (const name of readdirSync(of).filter((one) => one.startsWith('runs.')))
    copyFileSync(join(of, name), join(folder, name));
  return folder;
};

const start = async (glue: JsonService, input = {}): Promise<string> =>
  String((await glue.handle('StartJobRun', { JobName: 'app-transform', ...input })).JobRunId);

const runOf = async (glue: JsonService, id: string) =>
  (await glue.handle('GetJobRun', { JobName: 'app-transform', RunId: id })).JobRun as Record<string, unknown>;

const ended = (states: readonly string[]) =>
  vi.waitFor(() => expect(events.map(({ detail }) => detail.state)).toEqual(states));

/** Runs until it is told to end; it stops when its signal says so. */
const patiently = () => {
  const ends: (() => void)[] = [];
  const execute = ({ signal, begin }: JobRun) =>
    new Promise<void>((resolve, reject) => {
      begin();
      ends.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { execute, end: () => ends.shift()?.() };
};

test('runs a job with its arguments and announces its end', async () => {
  const runs: JobRun[] = [];
  const glue = await open(async (run) => {
    run.log('read 3 files');
    runs.push(run);
  });
  const id = await start(glue, { Arguments: { '--spec': 'runs/b1/transform.spec.json' } });
  expect(id).toMatch(/^jr_[0-9a-f]{64}$/);
  await ended(['SUCCEEDED']);
  expect(runs).toMatchObject([
    { id, jobScript: 'transform', arguments: { '--spec': 'runs/b1/transform.spec.json' } },
  ]);
  expect(events).toEqual([
    {
      source: 'aws.glue',
      'detail-type': 'Glue Job State Change',
      detail: {
        jobName: 'app-transform',
        jobRunId: id,
        state: 'SUCCEEDED',
        severity: 'INFO',
        message: 'Job run succeeded',
      },
    },
  ]);
  expect(readFileSync(join(directory, 'logs', `${id}.log`), 'utf8')).toMatch(/read 3 files\n.* SUCCEEDED\n$/);
});

test('tells a real client the whole life of a run', async () => {
  const { execute, end } = patiently();
  const server = await serve(await open(execute));
  const client = new GlueClient(server.client);
  try {
    const { JobRunId = '' } = await client.send(
      new StartJobRunCommand({ JobName: 'app-transform', Arguments: { '--spec': 'a' } }),
    );
    const get = new GetJobRunCommand({ JobName: 'app-transform', RunId: JobRunId });
    const running = (await client.send(get)).JobRun;
    expect(running).toMatchObject({ Id: JobRunId, JobRunState: 'RUNNING', Arguments: { '--spec': 'a' } });
    expect(Math.abs(Number(running?.StartedOn) - Date.now())).toBeLessThan(5_000);
    expect(running?.CompletedOn).toBeUndefined();
    end();
    await ended(['SUCCEEDED']);
    expect((await client.send(get)).JobRun?.CompletedOn).toBeInstanceOf(Date);
    await expect(client.send(new StartJobRunCommand({ JobName: 'nobody' }))).rejects.toThrow(
      EntityNotFoundException,
    );
    await expect(
      client.send(new GetJobRunCommand({ JobName: 'app-quality', RunId: JobRunId })),
    ).rejects.toThrow(EntityNotFoundException);
    await client.send(new StartJobRunCommand({ JobName: 'app-transform' }));
    await client.send(new StartJobRunCommand({ JobName: 'app-transform' }));
    await expect(client.send(new StartJobRunCommand({ JobName: 'app-transform' }))).rejects.toThrow(
      ConcurrentRunsExceededException,
    );
    const pages = paginateGetJobRuns({ client, pageSize: 2 }, { JobName: 'app-transform' });
    const listed: unknown[] = [];
    for await (const { JobRuns } of pages) listed.push(JobRuns?.map(({ JobRunState }) => JobRunState));
    expect(listed).toEqual([['RUNNING', 'RUNNING'], ['SUCCEEDED']]);
    await expect(
      client.send(
        new StartJobRunCommand({ JobName: 'app-quality', Arguments: { n: 1 as unknown as string } }),
      ),
    ).rejects.toThrow(InvalidInputException);
  } finally {
    client.destroy();
    await server.close();
  }
});

test('says why a run failed', async () => {
  const glue = await open(async () => {
    throw new RangeError('b.csv: 2 rows read, 3 expected');
  });
  const id = await start(glue);
  await ended(['FAILED']);
  expect(events[0]?.detail).toMatchObject({
    severity: 'ERROR',
    message: 'RangeError: b.csv: 2 rows read, 3 expected',
  });
  expect(await runOf(glue, id)).toMatchObject({
    JobRunState: 'FAILED',
    ErrorMessage: 'RangeError: b.csv: 2 rows read, 3 expected',
  });
});

test('is stopped only once the work has really ended', async () => {
  let letGo = () => {};
  const glue = await open(
    ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          letGo = () => reject(signal.reason);
        });
      }),
  );
  const id = await start(glue);
  const stop = { JobName: 'app-transform', JobRunIds: [id, 'jr_unknown'] };
  expect(await glue.handle('BatchStopJobRun', stop)).toMatchObject({
    SuccessfulSubmissions: [{ JobRunId: id }],
    Errors: [{ JobRunId: 'jr_unknown', ErrorDetail: { ErrorCode: 'EntityNotFoundException' } }],
  });
  expect((await runOf(glue, id)).JobRunState).toBe('STOPPING');
  expect(events).toEqual([]);
  letGo();
  await ended(['STOPPED']);
  expect((await runOf(glue, id)).JobRunState).toBe('STOPPED');
});

test('ends a run whose time is over', async () => {
  const { execute } = patiently();
  const glue = await open(execute);
  const id = await start(glue, { Timeout: 0.001 });
  await ended(['TIMEOUT']);
  expect(await runOf(glue, id)).toMatchObject({ JobRunState: 'TIMEOUT', Timeout: 0.001 });
});

test('is starting until the work begins, and only then its time counts', async () => {
  let beginAll = () => {};
  const glue = await open(
    ({ begin, signal }) =>
      new Promise((_, reject) => {
        beginAll = begin;
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  );
  const id = await start(glue, { Timeout: 0.001 });
  await setTimeout(120);
  expect(await runOf(glue, id)).toMatchObject({ JobRunState: 'STARTING', ExecutionTime: 0 });
  beginAll();
  expect(await runOf(glue, id)).toMatchObject({ JobRunState: 'RUNNING' });
  await ended(['TIMEOUT']);
});

test('stops a run that waits to start', async () => {
  const glue = await open(
    ({ signal, begin }) =>
      new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => {
          begin();
          reject(signal.reason);
        });
      }),
  );
  const id = await start(glue);
  await glue.handle('BatchStopJobRun', { JobName: 'app-transform', JobRunIds: [id] });
  await ended(['STOPPED']);
});

test('knows no operation that stops one run, as Glue does not', async () => {
  const glue = await open(async () => {});
  await expect(glue.handle('StopJobRun', {})).rejects.toMatchObject({ name: 'UnknownOperationException' });
});

const isRunning = (glue: JsonService, id: string, attempt: number) =>
  vi.waitFor(async () =>
    expect(await runOf(glue, id)).toMatchObject({ JobRunState: 'RUNNING', Attempt: attempt }),
  );

describe('a run that was at work when its process died', () => {
  test('begins again, under an id of its own, and ends as if nothing had been', async () => {
    const ids: string[] = [];
    const { execute, end } = patiently();
    const noting: typeof execute = (run) => {
      ids.push(run.id);
      return execute(run);
    };
    const dying = await open(noting);
    const id = await start(dying);
    const folder = afterDeath();
    await opened.pop()?.close();
    end();
    const glue = await open(noting, undefined, folder);
    await isRunning(glue, id, 1);
    expect(ids).toEqual([id, `${id}_attempt_1`]);
    end();
    await ended(['SUCCEEDED']);
    expect(events[0]?.detail.jobRunId).toBe(id);
    expect(await runOf(glue, id)).not.toHaveProperty('ErrorMessage');
  });

  test('has failed when this has happened four times, because it may be the reason', async () => {
    const { execute } = patiently();
    const dying = await open(execute);
    const id = await start(dying);
    let folder = afterDeath();
    for (const attempt of [1, 2, 3]) {
      const glue = await open(execute, undefined, folder);
      await isRunning(glue, id, attempt);
      folder = afterDeath(folder);
    }
    expect(events).toEqual([]);
    const glue = await open(execute, undefined, folder);
    await ended(['FAILED']);
    expect(events[0]?.detail).toMatchObject({
      jobRunId: id,
      message: 'The run ended because its process ended, 4 times',
    });
    await start(glue);
  });

  test('is stopped if it was to be stopped', async () => {
    const stubborn = () => new Promise<void>(() => {});
    const dying = await open(stubborn);
    opened.pop();
    const id = await start(dying);
    await dying.handle('BatchStopJobRun', { JobName: 'app-transform', JobRunIds: [id] });
    await open(stubborn, undefined, afterDeath());
    await ended(['STOPPED']);
  });

  test('has failed if nobody has its job any more', async () => {
    const { execute } = patiently();
    const dying = await open(execute);
    const id = await start(dying, { JobName: 'app-quality' });
    await open(execute, undefined, afterDeath(), jobs.slice(0, 1));
    await ended(['FAILED']);
    expect(events[0]?.detail).toMatchObject({
      jobRunId: id,
      message: 'There is no job app-quality any more',
    });
  });
});

test('begins again whatever an orderly end has left, however often', async () => {
  const { execute } = patiently();
  const first = await open(execute);
  const id = await start(first);
  for (const attempt of [1, 2, 3, 4, 5, 6]) {
    await opened.pop()?.close();
    await isRunning(await open(execute), id, attempt);
  }
  expect(events).toEqual([]);
});

test('announces again what the bus did not take', async () => {
  const first = await open(
    async () => {},
    async () => {
      throw new Error('the bus is gone');
    },
  );
  const id = await start(first);
  await vi.waitFor(async () => expect((await runOf(first, id)).JobRunState).toBe('SUCCEEDED'));
  const folder = afterDeath();
  await open(async () => {}, undefined, folder);
  await ended(['SUCCEEDED']);
  await opened.pop()?.close();
  await open(async () => {}, undefined, folder);
  expect(events).toHaveLength(1);
});

test('keeps the last thousand runs and their logs, and those that the bus does not know yet', async () => {
  let takes = false;
  const publish = async (event: BusEvent) => {
    if (!takes) throw new Error('the bus is closed');
    events.push(event);
  };
  const glue = await open(async () => {}, publish);
  const untold = await start(glue);
  await setTimeout(1);
  takes = true;
  for (let number = 0; number < 1_010; number++) {
    await start(glue);
    await new Promise(setImmediate);
  }
  await vi.waitFor(() => expect(events).toHaveLength(1_010));
  expect(readdirSync(join(directory, 'logs'))).toHaveLength(1_000);
  const found = await glue.handle('GetJobRun', { JobName: 'app-transform', RunId: untold });
  expect(found).toMatchObject({ JobRun: { JobRunState: 'SUCCEEDED' } });
});

test('describes its jobs and rejects what it does not know', async () => {
  const glue = await open(async () => {});
  expect(await glue.handle('ListJobs', { MaxResults: 1 })).toEqual({
    JobNames: ['app-transform'],
    NextToken: 'app-transform',
  });
  expect(await glue.handle('GetJob', { JobName: 'app-quality' })).toMatchObject({
    Job: { Name: 'app-quality', ExecutionProperty: { MaxConcurrentRuns: 20 } },
  });
  await expect(glue.handle('CreateJob', {})).rejects.toMatchObject({ name: 'UnknownOperationException' });
  await expect(glue.handle('GetJobRuns', { JobName: 'app-quality', NextToken: 'x' })).rejects.toMatchObject({
    name: 'InvalidInputException',
  });
});
