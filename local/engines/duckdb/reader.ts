import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type EngineStore, transformBySpec } from '../../../functions/engine/index.ts';
import {
  failureOf,
  type ReaderMessage,
  type ReaderOrder,
  type ReaderStart,
  ToldFailure,
} from './messages.ts';

/**
 * The process that reads landed files: it runs transforms, one at a time, in its own in-memory database. If the bytes of a file
 * break it, silver and gold are safe.
 */

/** It ends with its parent, whatever DuckDB is doing. */
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
if (!process.connected) process.exit(1);

const { scratch, memoryLimit, threads, mostMemory }: ReaderStart = JSON.parse(process.argv[2] ?? '');
const say = (message: ReaderMessage): void => void process.send?.(message);

type Waiting = { readonly settle: (value: unknown) => void; readonly reject: (cause: Error) => void };
const waiting = new Map<number, Waiting>();
let calls = 0;

const ask = (method: keyof EngineStore, ...given: (string | undefined)[]): Promise<unknown> =>
  new Promise((settle, reject) => {
    const call = ++calls;
    waiting.set(call, { settle, reject });
    say({ kind: 'call', call, method, given });
  });

/** The store in the parent process. */
const store: EngineStore = {
  locate: async (key, version) => String(await ask('locate', key, version)),
  readJson: (key) => ask('readJson', key),
  writeOnce: async (key, body) => (await ask('writeOnce', key, body)) === true,
  store: async (key, path) => {
    await ask('store', key, path);
  },
};

const openInstance = (): Promise<DuckDBInstance> =>
  DuckDBInstance.create(':memory:', {
    preserve_insertion_order: 'false',
    temp_directory: join(scratch, 'duckdb'),
    memory_limit: memoryLimit,
    autoinstall_known_extensions: 'false',
    ...(threads && { threads: String(threads) }),
  });

/** DuckDB does not count all its memory, so the process has a limit, too. */
const watchMemory = (): void => {
  setInterval(() => {
    const used = process.memoryUsage.rss();
    if (used < mostMemory) return;
    console.error(`it used more than ${Math.round(mostMemory / 2 ** 20)} MiB of memory`);
    process.kill(process.pid, 'SIGKILL');
  }, 100).unref();
};

watchMemory();
const instance = await openInstance();
const first = await instance.connect();
await first.run("set global TimeZone = 'UTC'");
first.closeSync();

const run = async (id: string, spec: string): Promise<void> => {
  try {
    const line = await transformBySpec({ connect: () => instance.connect(), store, run: id, scratch }, spec);
    say({ kind: 'done', line });
  } catch (cause) {
    say({ kind: 'failed', failure: failureOf(cause) });
  }
};

process.on('message', (order: ReaderOrder) => {
  if (order.kind === 'run') return void run(order.run, order.spec);
  const call = waiting.get(order.call);
  waiting.delete(order.call);
  if (order.kind === 'answer') call?.settle(order.value);
  else call?.reject(new ToldFailure(order.failure));
});
say({ kind: 'ready' });
