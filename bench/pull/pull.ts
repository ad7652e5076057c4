import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Measurement } from '../report.ts';
import type { Pull } from './reader.ts';

const folder = fileURLToPath(new URL('../../.build/bench/pull', import.meta.url));

/** V8 lets its heap grow while there is memory; a function with 128 MB has to say how much there is. */
export const heapOptions = ['--max-old-space-size=32', '--max-semi-space-size=2'] as const;

/** Pulls one page of so many megabytes from a server on this machine, in a process of its own. */
export const pull = async (megabytes: number): Promise<Measurement> => {
  await bundle();
  const blocks = Math.ceil((megabytes * 1e6) / block.length);
  const server = createServer((_, response) => void send(response, blocks)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const { records, ms, peak_mb } = await read(`http://127.0.0.1:${port}/sessions`);
    if (records !== blocks * inBlock) throw new Error(`${records} records instead of ${blocks * inBlock}`);
    const size_mb = (blocks * block.length) / 1e6;
    return {
      bench: 'pull',
      figures: { size_mb, records, ms, mb_per_second: (size_mb * 1000) / ms, peak_memory_mb: peak_mb },
    };
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const bundle = (): Promise<unknown> => {
  const require =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  return build({
    entryPoints: [fileURLToPath(new URL('reader.ts', import.meta.url))],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: { js: require },
    logLevel: 'error',
  });
};

const read = async (url: string): Promise<Pull> => {
  const source = JSON.stringify({ version: '1', kind: 'rest', url, snapshot: true, records: '$' });
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...heapOptions,
    join(folder, 'reader.mjs'),
    source,
  ]);
  return JSON.parse(stdout);
};

const inBlock = 1000;

const session = (id: number): object => ({
  user_id: '6b287203-7cab-4f1a-b1a4-2b5076294682',
  session_id: `04a5e8ac-1acd-48dc-88b9-${String(id).padStart(12, '0')}`,
  session_items: Array.from({ length: 5 }, () => ({
    song_id: 'TRIBGDZ128F425A019',
    song_name: 'Eu sei que vou te amar',
    artist_id: 'ARJK24L1187B9AFF5E',
    artist_name: 'Quarteto Em Cy',
    price: 1.74,
    currency: 'USD',
    liked: false,
    liked_since: null,
  })),
  user_agent: 'Mozilla/5.0 (Windows NT 11.0) AppleWebKit/531.2 (KHTML, like Gecko) Chrome/19.0.859.0',
  session_start_time: '2020-02-07T18:05:25.824461',
});

/** Records with commas between and behind them. */
const block = Buffer.from(
  Array.from({ length: inBlock }, (_, id) => `${JSON.stringify(session(id))},`).join('\n'),
);

const send = async (response: ServerResponse, blocks: number): Promise<void> => {
  response.write('[');
  for (let left = blocks; left > 0; left--) {
    const isLast = left === 1;
    if (!response.write(isLast ? block.subarray(0, -1) : block)) await once(response, 'drain');
  }
  response.end(']');
};
