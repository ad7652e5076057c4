import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Disk, openDisk } from '../../../local/cloud/disk.ts';
import { openBus } from '../../../local/cloud/events/bus.ts';
import type { Outcome } from '../../../local/cloud/functions/instance.ts';
import { openInvocations } from '../../../local/cloud/functions/invocations.ts';
import { openGlue } from '../../../local/cloud/glue/glue.ts';
import { target } from './redshift-data/target.ts';
import { openWarehouse } from './redshift-data/warehouse.ts';

const noSpace = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

let directory: string;
let hasRoom: boolean;
let disk: Disk;
/** What happened, in order. */
let happened: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'full-'));
  [hasRoom, happened] = [false, []];
  disk = openDisk({ state: directory, log: () => {}, every: 5, probe: () => write('probe') });
});
afterEach(() => {
  disk.close();
  rmSync(directory, { recursive: true });
});

/** A write that succeeds once there is room. */
const write = (what: string): void => {
  if (!hasRoom) throw noSpace();
  if (what !== 'probe') happened.push(what);
};

/** Resolves when something has found no room. */
const isFull = () =>
  vi.waitFor(() => expect(disk.failures).toBeGreaterThan(0), { timeout: 10_000, interval: 5 });

const freeLater = async (): Promise<void> => {
  await isFull();
  hasRoom = true;
};

test('an invocation that fails while the disk is full is tried again when there is room, and is no dead letter', async () => {
  let runs = 0;
  const run = async (_: unknown, requestId: string): Promise<Outcome> => {
    runs += 1;
    try {
      write('run');
      return { requestId, ok: true, payload: null };
    } catch (error) {
      // The function has called a service, which has noticed it.
      disk.notice(error);
      return { requestId, ok: false, error: { errorType: 'InternalError', errorMessage: String(error) } };
    }
  };
  const path = join(directory, 'invocations.jsonl');
  const giveUp = async () => void happened.push('given up');
  const open = () => openInvocations({ path, run, retriesOf: () => 0, giveUp, retryDelay: 1, disk });
  const invocations = open();
  invocations.start();
  const { done } = invocations.add({ functionName: 'sweep', payload: {} });
  await freeLater();
  await done;
  expect([happened, runs]).toEqual([['run'], 2]);
  invocations.close();
});

test('a dead letter that cannot be written is written when there is room', async () => {
  const error = { errorType: 'TypeError', errorMessage: 'no luck' };
  const invocations = openInvocations({
    path: join(directory, 'invocations.jsonl'),
    run: async (_, requestId) => ({ requestId, ok: false, error }),
    retriesOf: () => 0,
    giveUp: async () => write('given up'),
    ...{ retryDelay: 1, disk },
  });
  invocations.start();
  const { done } = invocations.add({ functionName: 'sweep', payload: {} });
  await freeLater();
  await done;
  expect(happened).toEqual(['given up']);
  invocations.close();
});

test('an event that a function cannot accept on a full disk is delivered when there is room, and is no dead letter', async () => {
  const bus = openBus({
    ...{ directory, account: '000000000000', region: 'eu-west-1', disk },
    rules: [{ name: 'all', pattern: { source: ['test'] }, target: 'sweep' }],
    deliver: async (to) => write(`delivered to ${to}`),
    reject: async () => void happened.push('rejected'),
  });
  await bus.publish({ source: 'test', 'detail-type': 'Test', detail: {} });
  await freeLater();
  await vi.waitFor(() => expect(happened).toEqual(['delivered to sweep']));
  await bus.close();
});

const jobs = [{ name: 'transform', script: 'transform', maxConcurrentRuns: 1, timeoutMinutes: 60 }];

const openJobs = (execute: () => Promise<void>) =>
  openGlue({
    ...{ directory, jobs, disk, execute },
    publish: async ({ detail }) => write(`announced ${detail.state}`),
  });

test('a run that finds no room has not failed: it begins again, and its end is announced when there is room', async () => {
  let begun = 0;
  const glue = await openJobs(async () => {
    begun += 1;
    if (begun < 3) throw new Error('IO Error: Could not write file: No space left on device');
  });
  const { JobRunId: RunId } = await glue.handle('StartJobRun', { JobName: 'transform' });
  const stateNow = async () =>
    ((await glue.handle('GetJobRun', { JobName: 'transform', RunId })).JobRun as Record<string, unknown>)
      .JobRunState;
  await isFull();
  expect([await stateNow(), begun]).toEqual(['STARTING', 1]);
  hasRoom = true;
  await vi.waitFor(() => expect(happened).toEqual(['announced SUCCEEDED']));
  expect([await stateNow(), begun]).toEqual(['SUCCEEDED', 3]);
  const log = readFileSync(join(directory, 'logs', `${RunId}.log`), 'utf8');
  expect(log).toMatch(/the disk has no room for this run, which waits for some: .*No space left/);
  await glue.close();
});

test('a run that waits for room can be stopped, and a cloud that stops does not wait for it', async () => {
  const fail = () => Promise.reject(noSpace());
  const glue = await openJobs(fail);
  const { JobRunId } = await glue.handle('StartJobRun', { JobName: 'transform' });
  await isFull();
  await glue.handle('BatchStopJobRun', { JobName: 'transform', JobRunIds: [JobRunId] });
  hasRoom = true;
  await vi.waitFor(() => expect(happened).toEqual(['announced STOPPED']));
  hasRoom = false;
  await glue.handle('StartJobRun', { JobName: 'transform' });
  disk.close();
  await glue.close();
  expect(happened).toEqual(['announced STOPPED']);
});

test('a statement that writes waits for room; one that reads says that there is none', async () => {
  const warehouse = await openWarehouse({ disk, store: { put: async () => write('unloaded') } });
  try {
    const api = await warehouse.open();
    await warehouse.execute(api, ['create table t as select 1 as a']);
    const unload = `copy (select a from t) to 's3://lake/t/' (format json)`;
    const Sqls = ['insert into t values (2)', unload];
    const { Id } = await api.handle('BatchExecuteStatement', { ...target, Sqls, WithEvent: true });
    await isFull();
    await pause(20);
    const waiting = await api.handle('DescribeStatement', { Id });
    expect(waiting.Status).toBe('STARTED');
    expect(await warehouse.rows('select count(*) from t')).toEqual([['1']]);
    hasRoom = true;
    expect(await warehouse.describe(api, String(Id))).toMatchObject({ Status: 'FINISHED' });
    expect([await warehouse.rows('select count(*) from t'), happened]).toEqual([[['2']], ['unloaded']]);

    await warehouse.shut(api);
    const full = await warehouse.open(undefined, () => Promise.reject(noSpace()));
    expect(await warehouse.execute(full, ['select a from t'])).toMatchObject({
      Status: 'FAILED',
      Error: expect.stringMatching(/^ERROR: the disk of the state folder .* is full, so free some space/),
    });
    await warehouse.shut(full);
  } finally {
    disk.close();
    await warehouse.close();
  }
});
