import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { endless, huge, openReaderLake, type ReaderLake } from './reader-lake.ts';

let lake: ReaderLake;
afterEach(() => lake.close());

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const until = async (holds: () => boolean): Promise<void> => {
  for (let left = 1_000; left > 0 && !holds(); left--) await wait(20);
  expect(holds()).toBe(true);
};

test('runs one transform after another in the same process, apart from this one', async () => {
  lake = await openReaderLake();
  await lake.run(await lake.put('a'));
  const pids = lake.readers.pids;
  await lake.run(await lake.put('b'));
  expect(lake.readers.pids).toEqual(pids);
  expect(pids).toHaveLength(1);
  expect(pids).not.toContain(process.pid);
  expect(lake.lines.filter((line) => line.startsWith('staged'))).toEqual([
    'staged 1 rows of 1 files under staging/a/jr_a/',
    'staged 1 rows of 1 files under staging/b/jr_b/',
  ]);
});

test.each(['SIGKILL', 'SIGSEGV', 'SIGABRT'] as const)(
  'fails only the run whose process ends by %s',
  async (signal) => {
    lake = await openReaderLake();
    await lake.run(await lake.put('before'));
    const [pid = 0] = lake.readers.pids;
    const running = lake.run(await lake.put('a', { sql: endless }));
    const beside = lake.run(await lake.put('b'));
    const failing = expect(running).rejects.toThrow(
      `The process that read the files of this run ended by ${signal}`,
    );
    await beside;
    process.kill(pid, signal);
    await failing;
    await lake.run(await lake.put('c'));
    expect(lake.readers.pids).not.toContain(pid);
    await until(() => readdirSync(join(lake.folder, 'scratch')).length === lake.readers.pids.length);
  },
);

test('fails a run that takes more memory than it may, by DuckDB or by the process', async () => {
  lake = await openReaderLake({ memoryLimit: '100MB' });
  await expect(lake.run(await lake.put('a', { sql: huge }))).rejects.toThrow(/Out of Memory Error/);
  await lake.close();
  lake = await openReaderLake({ memoryLimit: '8GB', mostMemory: 400 * 2 ** 20 });
  await expect(lake.run(await lake.put('a', { sql: huge }))).rejects.toThrow(
    'ended by SIGKILL: it used more than 400 MiB of memory',
  );
  await lake.run(await lake.put('b'));
});

test('reads on in another process after DuckDB has given up on its database', async () => {
  lake = await openReaderLake();
  await lake.run(await lake.put('before'));
  const pids = lake.readers.pids;
  await expect(lake.run(await lake.put('a', { sql: "select error('broken') as id" }))).rejects.toThrow(
    /broken/,
  );
  await lake.run(await lake.put('b'));
  expect(lake.readers.pids).not.toEqual(pids);
});

test('ends the process of a run that is stopped, and every process when it is closed', async () => {
  lake = await openReaderLake();
  const stop = new AbortController();
  const running = lake.run(await lake.put('a', { sql: endless }), stop.signal);
  await until(() => lake.readers.pids.length > 0);
  const [pid = 0] = lake.readers.pids;
  const failing = expect(running).rejects.toThrow(/SIGKILL|before it began/);
  stop.abort(new Error('stopped'));
  await failing;
  expect(isAlive(pid)).toBe(false);
  await until(() => lake.readers.pids.length > 0);
  const [idle = 0] = lake.readers.pids;
  await lake.readers.close();
  expect(isAlive(idle)).toBe(false);
  await expect(lake.run(await lake.put('b'))).rejects.toThrow('The engine was closed before the run began');
});

test('ends when its own parent is killed', async () => {
  lake = await openReaderLake();
  const script = fileURLToPath(new URL('doomed-parent.ts', import.meta.url));
  const parent = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(String(line));
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await until(() => !isAlive(pid));
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});
