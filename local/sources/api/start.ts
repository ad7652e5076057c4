import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleUnlessUpToDate, isUpToDate } from '../../build/index.ts';
import type { ApiMessage, ApiOrder } from './messages.ts';
import type { ApiSettings } from './server.ts';

export type ShopApiOptions = ApiSettings & {
  /** The folder in which its program is bundled. */
  readonly bundles: string;
};

/** The generated API, in a process of its own. */
export type ShopApi = {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
};

/** The API did not start. */
export class ShopApiFailed extends Error {
  override readonly name = 'ShopApiFailed';
}

/**
 * Starts the generated API on 127.0.0.1; it ends with this process in every case. Secrets of `auth` reach it by its channel only.
 * Throws `ShopApiFailed`.
 */
export const startShopApi = async ({ bundles, ...settings }: ShopApiOptions): Promise<ShopApi> => {
  const child = spawn(process.execPath, [await programIn(bundles)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // It needs no credentials.
    env: { PATH: process.env.PATH, TZ: 'UTC' },
  });
  const ended = once(child, 'exit');
  const port = await portOf(child, settings);
  // It must not keep this process alive.
  child.unref();
  child.channel?.unref();
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    stop: async () => {
      child.ref();
      if (child.connected) child.disconnect();
      const lastResort = setTimeout(() => child.kill('SIGKILL'), stopsWithinMs);
      await ended.finally(() => clearTimeout(lastResort));
    },
  };
};

const stopsWithinMs = 2_000;

const portOf = (child: ChildProcess, settings: ApiSettings): Promise<number> =>
  new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new ShopApiFailed(`The generated API did not start: ${reason}`));
    child.once('error', ({ message }) => fail(message));
    child.once('exit', (code, signal) => fail(`its process ended with ${signal ?? code}`));
    child.once('message', (message: ApiMessage) => {
      if (message.kind === 'listening') return resolve(message.port);
      fail(message.reason);
      child.disconnect();
    });
    child.send({ kind: 'serve', settings } satisfies ApiOrder);
  });

/** Bundles the program into a folder that several processes may use at once, unless it is there and up to date. */
const programIn = async (folder: string): Promise<string> => {
  const [program, record] = [join(folder, 'shop-api.mjs'), join(folder, 'shop-api.json')];
  const stamp = JSON.stringify(settings);
  if (isUpToDate(record, stamp)) return program;
  const own = `.${randomUUID()}`;
  await bundleUnlessUpToDate([{ ...settings, outfile: `${program}${own}` }], `${record}${own}`, stamp);
  // The record last: who finds it finds the program that it speaks of, or a newer one.
  await rename(`${program}${own}`, program);
  await rename(`${record}${own}`, record);
  return program;
};

const settings = {
  absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
  entryPoints: [fileURLToPath(new URL('./program.ts', import.meta.url))],
  ...({ bundle: true, format: 'esm', platform: 'node', target: 'node20' } as const),
  mainFields: ['module', 'main'],
};
