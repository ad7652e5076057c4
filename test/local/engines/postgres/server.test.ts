import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres, startPostgres } from '../../../../local/engines/postgres/server.ts';

const answer = async (url: string, sql: string): Promise<unknown> => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const untilEnded = async (pid: number): Promise<void> => {
  for (let tries = 0; isAlive(pid) && tries < 200; tries++) await wait(50);
  expect(isAlive(pid)).toBe(false);
};

describe('PostgreSQL on the laptop', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  it('sorts texts by their bytes, knows letters beyond ASCII and tells the time in UTC', async () => {
    const texts = `select string_agg(text, '' order by text), upper('å') from (values ('é'), ('z'), ('Z')) as t (text)`;
    expect(await answer(server.url, texts)).toEqual([['Zzé', 'Å']]);
    expect(await answer(server.url, 'show timezone')).toEqual([['UTC']]);
  });

  it('lets nobody in without the password, nor from elsewhere', async () => {
    await expect(answer(server.url.replace(/:\w+@/, ':guess@'), 'select 1')).rejects.toThrow('password');
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address && !address.internal && address.family === 'IPv4');
    for (const address of outside)
      await expect(
        answer(server.url.replace('127.0.0.1', address?.address ?? ''), 'select 1'),
      ).rejects.toThrow('ECONNREFUSED');
  });

  it('ends with the process that started it, even one that is killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'soundcheck-killed-'));
    await chmod(folder, 0o755);
    const script = `import('./local/engines/postgres/server.ts').then(async ({ startPostgres }) => console.log((await startPostgres()).pid))`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = await once(createInterface({ input: parent.stdout }), 'line');
    expect(isAlive(Number(pid))).toBe(true);
    parent.kill('SIGKILL');
    await untilEnded(Number(pid));
    await rm(folder, { recursive: true });
  });

  it('leaves neither a process nor a folder when it is stopped with a session open', async () => {
    const another = await startPostgres();
    const client = new pg.Client(another.url);
    await client.connect();
    client.on('error', () => undefined);
    const { rows } = await client.query('show data_directory');
    const folder = String(rows[0]?.data_directory);
    expect(existsSync(folder)).toBe(true);
    await another.stop();
    await untilEnded(another.pid);
    expect(existsSync(join(folder, '..'))).toBe(false);
  });
});
