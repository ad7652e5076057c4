import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Item, LakeClient } from './lake-client.ts';

/** Who does the same work, and how it is compared. */
export type Plain = {
  readonly run: (folder: string) => Promise<{ readonly ms: number; readonly peak_mb: number }>;
  readonly expectSame: (lake: LakeClient, folder: string) => Promise<void>;
};

/** Runs the plain script on the files of a folder, in a process of its own. */
const runPlain = async (folder: string): Promise<{ readonly ms: number; readonly peak_mb: number }> => {
  const script = join(import.meta.dirname, 'plain-duckdb.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, folder]);
  const { ms, peak_kb } = JSON.parse(stdout);
  return { ms, peak_mb: (peak_kb * 1024) / 1e6 };
};

type Row = Readonly<Record<string, unknown>>;

/** Throws unless the days, genres and hours that the cloud shows are those of the plain script. */
const expectSameDays = async (lake: LakeClient, folder: string): Promise<void> => {
  const [days, tops, genres, songs, hours] = await Promise.all(
    ['days', 'top_genres', 'genres', 'top_songs', 'hours'].map((name) =>
      rowsOf(join(folder, `${name}.json`)),
    ),
  );
  for (const day of days ?? []) {
    const date = String(day.listen_date);
    const ofDay = (rows: readonly Row[] = []) => rows.filter(({ listen_date }) => listen_date === date);
    const totals = await lake.day(date);
    const details = await lake.kpis(`DAY#${date}#${totals?.version}`);
    const topOfDay = ranked(ofDay(tops), ['rank', 'genre', 'listens']);
    expectSame(date, [{ ...without(day), top_genres: topOfDay }], [picked(totals, dayFields)]);
    const songsOf = (genre: unknown) =>
      ranked(
        ofDay(songs).filter((song) => song.genre === genre),
        ['rank', 'track_id', 'track_name', 'artists', 'listens'],
      );
    expectSame(
      `genres of ${date}`,
      ofDay(genres).map((row) => ({
        sk: `GENRE#${row.genre}`,
        ...picked(row, ['listens', 'unique_listeners', 'listening_ms']),
        avg_listening_ms_per_listener: Number(row.avg_cents) / 100,
        popularity_index: Number(row.popularity) / 100,
        top_songs: songsOf(row.genre),
      })),
      details.filter(({ sk }) => String(sk).startsWith('GENRE#')).map((item) => picked(item, genreFields)),
    );
    expectSame(
      `hours of ${date}`,
      ofDay(hours).map((row) => ({
        sk: `HOUR#${String(row.hour).padStart(2, '0')}`,
        ...picked(row, hourFields.slice(1)),
      })),
      details.filter(({ sk }) => String(sk).startsWith('HOUR#')).map((item) => picked(item, hourFields)),
    );
  }
};

const dayFields = ['listens', 'unique_listeners', 'listening_ms', 'genres', 'top_genres'];
const genreFields = [
  ...['sk', 'listens', 'unique_listeners', 'listening_ms', 'avg_listening_ms_per_listener'],
  ...['popularity_index', 'top_songs'],
];
const hourFields = ['sk', 'listens', 'unique_listeners', 'distinct_tracks', 'top_artist'];

const rowsOf = async (path: string): Promise<Row[]> =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const picked = (row: Item | undefined, names: readonly string[]): Row =>
  Object.fromEntries(names.map((name) => [name, row?.[name]]));

const without = ({ listen_date, ...row }: Row): Row => row;

const ranked = (rows: readonly Row[], names: readonly string[]): Row[] =>
  [...rows].sort((a, b) => Number(a.rank) - Number(b.rank)).map((row) => picked(row, names));

const expectSame = (what: string, plain: readonly Row[], ours: readonly Row[]): void => {
  const [expected, shown] = [plain, ours].map((rows) => rows.map(textOf).sort().join('\n'));
  if (expected !== shown)
    throw new Error(`${what} differ: the plain script has ${expected}, the cloud ${shown}`);
};

/** As JSON with sorted names, numbers as numbers whatever their kind. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part) => {
    if (typeof part === 'bigint') return Number(part);
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part ?? undefined;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });

/** The plain script of DuckDB. */
export const plainDuckdb: Plain = { run: runPlain, expectSame: expectSameDays };
