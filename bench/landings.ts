import { readFile } from 'node:fs/promises';
import { generateListeners, generateTrackIds, generateTracks } from '../local/generate/index.ts';
import type { Item, LakeClient, LandedFile } from './lake-client.ts';
import { until } from './until.ts';

/** The ids that listens can use. */
export type Catalogue = {
  readonly trackIds: readonly string[];
  readonly userIds: readonly number[];
  /** The catalogue's file. */
  readonly tracks: string;
};

const seed = 11;
const realTracks = 89_741;
const realListeners = 50_000;

/** Lands a catalogue and listeners of real size and waits until both are published. */
export const landCatalogue = async (lake: LakeClient): Promise<Catalogue> => {
  const trackIds = generateTrackIds({ count: realTracks, seed });
  const tracks = [...generateTracks({ trackIds, seed, unknownShare: 0 })].join('');
  const listeners = [...generateListeners({ count: realListeners, seed })].join('');
  await Promise.all([
    landManifest(lake, 'tracks'),
    landManifest(lake, 'listeners'),
    landManifest(lake, 'streams'),
  ]);
  const landed = [
    await lake.land('data/tracks/tracks.csv', tracks),
    await lake.land('data/listeners/listeners.csv', listeners),
  ];
  await Promise.all(landed.map((file) => untilPublished(lake, file)));
  return { trackIds, tracks, userIds: Array.from({ length: realListeners }, (_, index) => index + 1) };
};

/** Lands a dataset's manifest, with a larger limit of rows if requested. */
export const landManifest = async (lake: LakeClient, dataset: string, maxRows?: number): Promise<void> => {
  const text = await readFile(new URL(`../rules/${dataset}/manifest.json`, import.meta.url), 'utf8');
  const manifest = JSON.parse(text);
  if (maxRows !== undefined) manifest.schema.max_rows = maxRows;
  await lake.land(
    `data/${dataset}/manifest.json`,
    maxRows === undefined ? text : JSON.stringify(manifest, null, 2),
  );
};

const lost = new Set(['rejected', 'quarantined', 'parked', 'ignored', 'missing']);

/** The ledger's record of a file when it has reached a moment; throws if the file will never reach it. */
export const untilRecorded = (
  lake: LakeClient,
  file: LandedFile,
  moment: 'published_at' | 'archived_at',
  atMostMs = 120_000,
): Promise<Item> =>
  until(
    async () => {
      const record = await lake.file(file);
      if (record && lost.has(String(record.state)))
        throw new Error(`${file.key} is ${record.state}: ${record.reason}`);
      return record?.[moment] === undefined ? undefined : record;
    },
    { what: `${moment} of ${file.key}`, everyMs: 25, atMostMs },
  );

const untilPublished = (lake: LakeClient, file: LandedFile): Promise<Item> =>
  untilRecorded(lake, file, 'published_at');

/** A day's totals when they count at least so many listens. */
export const untilReadable = (
  lake: LakeClient,
  day: string,
  listens: number,
  atMostMs = 120_000,
): Promise<Item> =>
  until(
    async () => {
      const totals = await lake.day(day);
      return Number(totals?.listens ?? 0) >= listens ? totals : undefined;
    },
    { what: `${listens} listens on ${day}`, everyMs: 10, atMostMs },
  );

/** The rebuild continues with series and listeners when the day can be read; files that land before its end must wait. */
export const untilClosed = (lake: LakeClient, rebuild: string, atMostMs = 120_000): Promise<Item> =>
  until(
    async () => {
      const record = await lake.record(`REBUILD#${rebuild}`);
      return record?.closed_at === undefined ? undefined : record;
    },
    { what: `the end of rebuild ${rebuild}`, everyMs: 25, atMostMs },
  );
