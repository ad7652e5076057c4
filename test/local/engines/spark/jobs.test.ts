import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openGlue } from '../../../../local/cloud/glue/glue.ts';
import { openSparkJobs, type SparkJobs } from '../../../../local/engines/spark/jobs.ts';
import { describeInstalled } from '../../../spark/installed.ts';
import { runOf } from './job-runs.ts';
import { javaOf, processesOf } from './processes.ts';

const scripts = fileURLToPath(new URL('scripts', import.meta.url));
const patience = 240_000;

describeInstalled('jobs in warm sessions', (installation) => {
  let folder: string;
  let jobs: SparkJobs;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spark jobs '));
    if (installation)
      jobs = openSparkJobs({ installation, folder, scripts, environment: { LAKE: 'here' }, idleFor: 100 });
  });
  afterAll(async () => {
    await jobs?.close();
    await rm(folder, { recursive: true, force: true });
  });
  const gone = (group: number) =>
    vi.waitFor(() => expect(processesOf(group)).toEqual([]), { timeout: 10_000, interval: 50 });

  test('runs a script with its arguments, and the next one in the same process', {
    timeout: patience,
  }, async () => {
    const [first, second] = [runOf('count'), runOf('count')];
    await jobs.execute(first);
    await jobs.execute(second);
    const pid = await first.process;
    expect(first.lines.slice(-3)).toEqual([
      'begins',
      `process ${pid} works on ${first.id}`,
      'counted 5, LAKE is here',
    ]);
    expect(second.lines).toEqual([
      'begins',
      `process ${pid} works on ${second.id}`,
      'counted 5, LAKE is here',
    ]);
    expect(readdirSync(join(folder, 'scratch'))).toHaveLength(1);
  });

  test('fails with what the script raised', { timeout: patience }, async () => {
    const broken = runOf('break', { '--why': 'b.csv: 2 rows read, 3 expected' });
    const failure = await jobs.execute(broken).catch(String);
    expect(failure).toBe('Broken: b.csv: 2 rows read, 3 expected');
    expect(broken.lines).toContain('Traceback (most recent call last):');
    expect(await jobs.execute(runOf('break in Java')).catch(String)).toMatch(
      /^Py4JJavaError: .*no such luck\nCaused by: java.lang.RuntimeException: no such luck$/s,
    );
    expect(await jobs.execute({ ...runOf('count'), jobScript: 'nothing' }).catch(String)).toMatch(
      /^FileNotFoundError: .*nothing\.py/,
    );
  });

  test('runs nothing in a process in which a run has failed', { timeout: patience }, async () => {
    const [first, broken, next] = [runOf('count'), runOf('break', { '--why': 'no room' }), runOf('count')];
    await jobs.execute(first);
    expect(await jobs.execute(broken).catch(String)).toBe('Broken: no room');
    await jobs.execute(next);
    expect(await broken.process).toBe(await first.process);
    expect(await next.process).not.toBe(await first.process);
    expect(processesOf(await first.process)).toEqual([]);
  });

  test('works in two processes at once, lets more wait, and keeps one', { timeout: patience }, async () => {
    const [one, two, third, fourth] = [runOf('pause'), runOf('pause'), runOf('count'), runOf('count')];
    const working = [one, two].map((run) => jobs.execute(run));
    const waits = jobs.execute(third).catch(String);
    const waitsToo = jobs.execute(fourth);
    third.stop();
    expect(await waits).toBe('Error: stopped');
    expect(fourth.lines).toEqual([]);
    const groups = await Promise.all([one.process, two.process]);
    expect(new Set(groups).size).toBe(2);
    await Promise.all([...working, waitsToo]);
    expect(third.lines).toEqual([]);
    expect(groups).toContain(await fourth.process);
    const left = () => groups.filter((group) => processesOf(group).length > 0);
    await vi.waitFor(() => expect(left()).toHaveLength(1), { timeout: 10_000 });
    const next = runOf('count');
    await jobs.execute(next);
    expect(left()).toEqual([await next.process]);
  });

  test('gives Glue its states, its time and its log', { timeout: patience }, async () => {
    const states: unknown[] = [];
    const directory = join(folder, 'glue');
    const job = { name: 'app-job', script: 's3://code/job.py', maxConcurrentRuns: 2, timeoutMinutes: 60 };
    const publish = async ({ detail }: { detail: Record<string, unknown> }) => void states.push(detail.state);
    const glue = await openGlue({ directory, jobs: [job], execute: jobs.execute, publish });
    const started = (what: string, minutes: number) =>
      glue.handle('StartJobRun', { JobName: 'app-job', Arguments: { '--do': what }, Timeout: minutes });
    const { JobRunId } = await started('pause', 5);
    await vi.waitFor(() => expect(states).toEqual(['SUCCEEDED']), { timeout: patience });
    await started('linger in Java', 0.03);
    await vi.waitFor(() => expect(states).toEqual(['SUCCEEDED', 'TIMEOUT']), { timeout: patience });
    await glue.close();
    const log = readFileSync(join(directory, 'logs', `${JobRunId}.log`), 'utf8');
    expect(log).toMatch(new RegExp(`Z process \\d+ works on ${JobRunId}\n.* SUCCEEDED\n$`));
  });

  test('ends the process of a run that is stopped', { timeout: patience }, async () => {
    const run = runOf('linger in Java');
    const ended = jobs.execute(run).catch(String);
    const pid = await run.process;
    expect(processesOf(pid).length).toBeGreaterThan(1);
    run.stop();
    expect(await ended).toContain('SIGKILL');
    expect(processesOf(pid)).toEqual([]);
    expect(readdirSync(join(folder, 'scratch'))).toEqual([]);
  });

  test('goes on in a new process when one was killed', { timeout: patience }, async () => {
    const run = runOf('linger');
    const ended = jobs.execute(run).catch(String);
    const pid = await run.process;
    process.kill(pid, 'SIGKILL');
    expect(await ended).toBe("WorkerLost: Spark's process ended by SIGKILL");
    await gone(pid);
    const next = runOf('linger in Java');
    const endedToo = jobs.execute(next).catch(String);
    const other = await next.process;
    expect(other).not.toBe(pid);
    process.kill(javaOf(other), 'SIGKILL');
    expect(await endedToo).toMatch(/Java ended with exit code -9$|^Py4J/);
    await gone(other);
  });

  test('ends every process when it is closed', { timeout: patience }, async () => {
    const run = runOf('linger');
    const ended = jobs.execute(run).catch(String);
    const pid = await run.process;
    await jobs.close();
    expect(processesOf(pid)).toEqual([]);
    expect(await ended).toContain('SIGKILL');
    expect(await jobs.execute(runOf('count')).catch(String)).toContain('was closed');
  });

  test('leaves nothing behind when its own process is killed', { timeout: patience }, async () => {
    const parent = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        fileURLToPath(new URL('doomed-parent.ts', import.meta.url)),
        join(folder, 'doomed'),
        scripts,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(String(line));
    expect(processesOf(pid).length).toBeGreaterThan(1);
    parent.kill('SIGKILL');
    await gone(pid);
    expect(existsSync(join(folder, 'doomed', 'scratch'))).toBe(true);
  });
});
