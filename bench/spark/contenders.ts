import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { findSpark, sparkSettings, startWorker } from '../../local/engines/index.ts';
import { watchTree } from '../process-tree.ts';
import { EngineFigures, type EngineRequest } from './engine-process.ts';
import { type BenchFile, writeStreams } from './files.ts';

/** Runs a batch in its own processes and measures it; `peak_mb` is the total of all its processes. */
export type Taken = {
  readonly rows: number;
  /** Until the rows are in the silver table. */
  readonly publish_ms: number;
  readonly kpis_ms: number;
  readonly peak_mb: number;
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = fileURLToPath(new URL('hand_written.py', import.meta.url));
/** Rows with which a session is warmed up before a job written by hand is measured. */
const usualWarmUp = 20_000;

/** Runs our own jobs on an engine: transform, quality and, if requested, the rebuild of the mart. */
export const runEngine = async (
  request: EngineRequest,
): Promise<Taken & { readonly transform_ms: number; readonly quality_ms: number }> => {
  const program = ['--import', 'tsx', 'bench/spark/engine-process.ts', JSON.stringify(request)];
  const child = spawn(process.execPath, program, {
    cwd: root,
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const memory = watchTree(child.pid ?? 0);
  try {
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    if (code !== 0) throw new Error(`${request.engine} ended with exit code ${code}`);
    const figures = EngineFigures.parse(JSON.parse(output));
    const { transform_ms, quality_ms, kpis_ms = 0 } = figures;
    return { ...figures, publish_ms: transform_ms + quality_ms, kpis_ms, peak_mb: memory.stop() };
  } finally {
    memory.stop();
  }
};

const HandWritten = z.object({ rows: z.number(), publish_ms: z.number(), kpis_ms: z.number() });

export type HandWrittenRequest = {
  /** An empty folder; the KPI rows are written to `kpis` in it. */
  readonly state: string;
  readonly tracks: BenchFile;
  /** A folder with files of listens. */
  readonly streams: string;
  /** Rows of the small batch that warms the session up; 0: the session is cold. */
  readonly warmUpRows?: number;
};

/** Runs the job that was written by hand, in a session that a small batch has warmed up unless told otherwise. */
export const runHandWritten = async ({
  state,
  tracks,
  streams,
  warmUpRows = usualWarmUp,
}: HandWrittenRequest): Promise<Taken> => {
  const installation = findSpark();
  if (!installation) throw new Error('Spark is not set up: npm run spark:setup');
  const settings = sparkSettings(installation, { root: state, scratch: join(state, 'scratch') });
  const worker = startWorker({ installation, settings });
  const memory = watchTree(worker.pid);
  const run = async (folder: string, name: string) => {
    const out = join(state, name);
    await mkdir(out, { recursive: true });
    const given = { streams: folder, tracks: tracks.path, table: `lake.bench.${name}`, out };
    await worker.run(
      script,
      Object.entries(given).flatMap(([option, value]) => [`--${option}`, value]),
    );
    return HandWritten.parse(JSON.parse(await readFile(join(out, 'figures.json'), 'utf8')));
  };
  try {
    if (warmUpRows > 0) {
      const small = join(state, 'warm-up');
      await writeStreams(small, warmUpRows, 1);
      await run(small, 'warm_up');
    }
    const figures = await run(streams, 'kpis');
    return { ...figures, peak_mb: memory.stop() };
  } finally {
    memory.stop();
    await worker.kill();
  }
};
