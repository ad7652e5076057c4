import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateListeners } from './listeners.ts';
import { generateTracks } from './tracks.ts';

/** One file of the sample: its dataset and its path. */
export type SampleFile = { readonly dataset: string; readonly path: string };

const shipped = (name: string): Promise<string> =>
  readFile(new URL(`../sample/${name}`, import.meta.url), 'utf8');
const seed = 20240625;
const listenersWithoutListens = 44;

/**
 * Writes the sample into an existing folder, the same bytes each time, and returns its files in landing order: a catalogue and
 * listeners for the real `streams1.csv`, then that file, then `streams2.csv`, which has mistakes on purpose.
 */
export const writeSample = async (directory: string): Promise<SampleFile[]> => {
  const streams = await shipped('streams1.csv');
  const { trackIds, userIds } = idsIn(streams);
  const count = userIds.length + listenersWithoutListens;
  return Promise.all([
    write(
      directory,
      'tracks',
      'tracks.csv',
      [...generateTracks({ trackIds, seed, unknownShare: 0.005 })].join(''),
    ),
    write(directory, 'listeners', 'listeners.csv', [...generateListeners({ count, seed, userIds })].join('')),
    write(directory, 'streams', 'streams1.csv', streams),
    write(directory, 'streams', 'streams2.csv', await shipped('streams2.csv')),
  ]);
};

const idsIn = (streams: string): { trackIds: string[]; userIds: number[] } => {
  const rows = streams
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  return {
    trackIds: [...new Set(rows.map(([, trackId = '']) => trackId))],
    userIds: [...new Set(rows.map(([userId]) => Number(userId)))],
  };
};

const write = async (
  directory: string,
  dataset: string,
  name: string,
  content: string,
): Promise<SampleFile> => {
  const path = join(directory, name);
  await writeFile(path, content);
  return { dataset, path };
};
