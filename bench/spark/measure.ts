import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderCatalog } from '../../deploy/index.ts';
import { runEngine, runHandWritten, type Taken } from './contenders.ts';
import type { EngineRequest } from './engine-process.ts';
import { writeStreams, writeTracks } from './files.ts';
import { expectSameKpis } from './same-kpis.ts';

/** One run of one contender. */
export type Standing = Taken & {
  readonly contender: string;
  readonly files: number;
  readonly round: number;
  readonly total_ms: number;
  /** The machine's load average when the run began. */
  readonly load: number;
};

type Engine = EngineRequest['engine'];

const inFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-spark-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const timed = async (
  who: Pick<Standing, 'contender' | 'files' | 'round'>,
  run: () => Promise<Taken>,
): Promise<Standing> => {
  const [load = Number.NaN] = loadavg();
  const { rows, publish_ms, kpis_ms, peak_mb } = await run();
  return { ...who, rows, publish_ms, kpis_ms, total_ms: publish_ms + kpis_ms, peak_mb, load };
};

/** What a comparison can do with less of where nobody looks at its times; default: a real catalogue and a warm session. */
export type Smaller = { readonly tracks?: number; readonly warmUpRows?: number };

/**
 * Our generic jobs on Spark and a job that was written for these KPIs only, in turn, on one file; both in a session that a
 * small batch has warmed up. Throws if their KPIs differ.
 */
export const besideHandWritten = (
  rows: number,
  repeats: number,
  { tracks: trackCount, ...warmUp }: Smaller = {},
): Promise<Standing[]> =>
  inFolder(async (folder) => {
    const catalog = await renderCatalog(process.cwd(), 'duckdb', 'spark');
    const tracks = await writeTracks(folder, trackCount);
    const streams = await writeStreams(join(folder, 'in'), rows, 1, trackCount);
    const standings: Standing[] = [];
    for (let round = 1; round <= repeats; round++) {
      const [ours, others] = [join(folder, 'ours'), join(folder, 'others')];
      const request = { engine: 'spark' as const, state: ours, tracks, streams, isWithKpis: true };
      const who = { files: 1, round };
      standings.push(
        await timed({ contender: 'Soundcheck on Spark', ...who }, () => runEngine(request)),
        await timed({ contender: 'written by hand', ...who }, () =>
          runHandWritten({ state: others, tracks, streams: join(folder, 'in'), ...warmUp }),
        ),
      );
      await expectSameKpis(catalog, join(ours, 'scratch', 'kpis'), join(others, 'kpis'));
      for (const state of [ours, others]) await rm(state, { recursive: true });
    }
    return standings;
  });

const enginesOn = async (folder: string, rows: number, files: number): Promise<Standing[]> => {
  const [tracks, streams] = [await writeTracks(folder), await writeStreams(join(folder, 'in'), rows, files)];
  const standings: Standing[] = [];
  for (const engine of ['duckdb', 'spark'] satisfies Engine[]) {
    const state = join(folder, engine);
    standings.push(
      await timed({ contender: engine, files, round: 1 }, () =>
        runEngine({ engine, state, tracks, streams, isWithKpis: false }),
      ),
    );
    await rm(state, { recursive: true });
  }
  return standings;
};

/** Transform and quality on DuckDB and on Spark, for one file with each of these numbers of rows. */
export const engineSizes = async (sizes: readonly number[]): Promise<Standing[]> => {
  const standings: Standing[] = [];
  for (const rows of sizes) standings.push(...(await inFolder((folder) => enginesOn(folder, rows, 1))));
  return standings;
};

/** Transform and quality on DuckDB and on Spark, for the same number of rows in each of these numbers of files. */
export const batchSizes = async (rows: number, counts: readonly number[]): Promise<Standing[]> => {
  const standings: Standing[] = [];
  for (const files of counts) standings.push(...(await inFolder((folder) => enginesOn(folder, rows, files))));
  return standings;
};
