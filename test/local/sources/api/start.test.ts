import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ShopApiFailed, startShopApi } from '../../../../local/sources/api/start.ts';

const month = 'start_date=2020-01-01&end_date=2020-01-31';
let bundles: string;
beforeAll(async () => {
  bundles = await mkdtemp(join(tmpdir(), 'shop-api-'));
});
afterAll(() => rm(bundles, { recursive: true }));

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

describe('the generated API', () => {
  test('runs in a process of its own until it is stopped', async () => {
    const api = await startShopApi({ bundles, users: 10, sessions: 50 });
    expect(api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(api.pid).not.toBe(process.pid);
    expect(await (await fetch(`${api.url}/sessions?${month}`)).json()).toHaveLength(1);
    await api.stop();
    await api.stop();
    expect(isAlive(api.pid)).toBe(false);
    await expect(fetch(`${api.url}/users?${month}`)).rejects.toThrow();
  });

  test('ends with the process that started it, even one that is killed', async () => {
    const script = `import('./local/sources/api/start.ts').then(async ({ startShopApi }) => {
      console.log((await startShopApi({ bundles: ${JSON.stringify(bundles)} })).pid);
      setInterval(() => {}, 1_000);
    })`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = await once(createInterface({ input: parent.stdout }), 'line');
    expect(isAlive(Number(pid))).toBe(true);
    parent.kill('SIGKILL');
    await untilEnded(Number(pid));
  });

  test('does not keep the process alive that started it', async () => {
    const script = `import('./local/sources/api/start.ts').then(async ({ startShopApi }) => {
      console.log((await startShopApi({ bundles: ${JSON.stringify(bundles)} })).pid);
    })`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [[pid], [code]] = await Promise.all([
      once(createInterface({ input: parent.stdout }), 'line'),
      once(parent, 'exit'),
    ]);
    expect(code).toBe(0);
    await untilEnded(Number(pid));
  });

  test('says why it cannot start', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(startShopApi({ bundles, port })).rejects.toThrow(ShopApiFailed);
    await expect(startShopApi({ bundles, port })).rejects.toThrow('EADDRINUSE');
    taken.close();
    await expect(startShopApi({ bundles, switches: { edition: -1 } })).rejects.toThrow('edition');
  });

  test('can be started by several processes that bundle its program at once', async () => {
    const folder = join(bundles, 'new');
    const started = await Promise.all([1, 2, 3].map(() => startShopApi({ bundles: folder })));
    for (const { url } of started) expect((await fetch(`${url}/users?${month}`)).status).toBe(200);
    await Promise.all(started.map(({ stop }) => stop()));
    expect((await readdir(folder)).sort()).toEqual(['shop-api.json', 'shop-api.mjs']);
  });

  test('gets its secrets by its channel, not by a file, its command line or its environment', async () => {
    const auth = { kind: 'bearer', token: 'hush-hush-hush' } as const;
    const api = await startShopApi({ bundles, auth });
    expect((await fetch(`${api.url}/users?${month}`)).status).toBe(401);
    const files = (await readdir(bundles, { recursive: true })).map((name) => join(bundles, name));
    const process = ['cmdline', 'environ'].map((name) => `/proc/${api.pid}/${name}`);
    for (const file of [...files, ...process]) {
      const text = await readFile(file, 'utf8').catch(() => '');
      expect(text.includes(auth.token), file).toBe(false);
    }
    await api.stop();
  });
});
