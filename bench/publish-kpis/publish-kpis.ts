import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';
import { build } from 'esbuild';
import { type BenchCloud, withCloud } from '../cloud.ts';
import type { Measurement } from '../report.ts';
import type { Publishing } from './publisher.ts';
import { spec } from './spec.ts';

const folder = fileURLToPath(new URL('../../.build/bench/publish-kpis', import.meta.url));

/** V8 lets its heap grow while there is memory; Lambda tells it of the 512 MB that the function has. */
const heapOptions = ['--max-old-space-size=384'] as const;

/** A try of the function ends a minute before its time-out of 900 seconds. */
const secondsOfATry = 840;

/**
 * Publishes the items of so many listeners in a process of its own: to a table that takes everything at once, then to the one of
 * a laptop cloud.
 */
export const publishKpis = (listeners: number): Promise<Measurement> =>
  withCloud(async (cloud) => {
    await bundle();
    await unload(cloud, listeners);
    const alone = await publish(cloud, 'nowhere', secondsOfATry);
    const laptop = await publish(cloud, 'laptop', secondsOfATry);
    for (const { items } of [alone, laptop])
      if (items !== listeners) throw new Error(`${items} items instead of ${listeners}`);
    return {
      bench: 'publish-kpis',
      figures: {
        listeners,
        alone_ms: alone.ms,
        alone_items_per_second: (listeners * 1_000) / alone.ms,
        alone_peak_memory_mb: alone.peak_mb,
        laptop_ms: laptop.ms,
        laptop_items_per_second: (listeners * 1_000) / laptop.ms,
        laptop_peak_memory_mb: laptop.peak_mb,
        laptop_continuations: laptop.continuations,
      },
    };
  });

const bundle = (): Promise<unknown> => {
  const require =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  return build({
    entryPoints: [fileURLToPath(new URL('publisher.ts', import.meta.url))],
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

const filesOf = 8;

/** Writes the rows as Redshift unloads them: a file for each slice. */
const unload = async ({ lake }: BenchCloud, listeners: number): Promise<void> => {
  const each = Math.ceil(listeners / filesOf);
  for (let file = 0; file < filesOf; file++) {
    const ids = Array.from({ length: Math.min(each, listeners - file * each) }, (_, at) => file * each + at);
    const key = `${spec.unload}kpi_listeners/000${file}_part_00.json`;
    await lake.land(key, Buffer.from(ids.map(line).join('')));
  }
};

const line = (id: number): string =>
  `{"user_id":${id},"listens":${id % 97},"listening_ms":${(id % 97) * 215_003},"avg_listening_ms":215003.00,"active_days":${id % 31},"avg_listening_ms_per_day":645009.00,"first_day":"2024-06-01","last_day":"2024-06-25","sequence_before":null}\n`;

const publish = async (
  { directory }: BenchCloud,
  table: 'nowhere' | 'laptop',
  seconds: number,
): Promise<Publishing> => {
  const environment = parseEnv(await readFile(join(directory, 'state', 'cloud.env'), 'utf8'));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...heapOptions, join(folder, 'publisher.mjs'), table, String(seconds)],
    { env: { ...process.env, ...environment } },
  );
  return JSON.parse(stdout);
};
