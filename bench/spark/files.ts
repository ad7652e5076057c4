import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  generateStreams,
  generateTrackIds,
  generateTracks,
  trackColumns,
} from '../../local/generate/index.ts';

/** A file that will be landed, and its dataset. */
export type BenchFile = {
  readonly path: string;
  readonly header: readonly string[];
  readonly records: number;
  readonly bytes: number;
};

const seed = 11;
const realTracks = 89_741;
const realListeners = 50_000;
const days = 30;
const trackIds = (count: number): string[] => generateTrackIds({ count, seed });

/** Writes a catalogue, of real size unless told otherwise. */
export const writeTracks = async (folder: string, count = realTracks): Promise<BenchFile> => {
  const path = join(folder, 'tracks.csv');
  const ids = trackIds(count);
  await writeFile(path, generateTracks({ trackIds: ids, seed, unknownShare: 0 }));
  return { path, header: trackColumns, records: ids.length, bytes: (await stat(path)).size };
};

/** Writes so many listens of thirty days and of tracks of the catalogue, spread evenly over so many files, into a new folder. */
export const writeStreams = async (
  folder: string,
  rows: number,
  files: number,
  tracks = realTracks,
): Promise<BenchFile[]> => {
  await mkdir(folder, { recursive: true });
  const userIds = Array.from({ length: realListeners }, (_, index) => index + 1);
  const ids = trackIds(tracks);
  const written: BenchFile[] = [];
  for (let file = 0; file < files; file++) {
    const records = Math.floor((rows * (file + 1)) / files) - Math.floor((rows * file) / files);
    const path = join(folder, `streams${file + 1}.csv`);
    const options = {
      rows: records,
      days,
      firstDay: '2024-06-01',
      seed: seed + file,
      trackIds: ids,
      userIds,
    };
    await writeBlocks(path, generateStreams(options));
    const header = ['user_id', 'track_id', 'listen_time'];
    written.push({ path, header, records, bytes: (await stat(path)).size });
  }
  return written;
};

const writeBlocks = async (path: string, blocks: Iterable<string>): Promise<void> => {
  const stream = createWriteStream(path);
  for (const block of blocks) if (!stream.write(block)) await once(stream, 'drain');
  stream.end();
  await once(stream, 'close');
};
