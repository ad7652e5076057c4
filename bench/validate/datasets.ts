import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateTrackIds, generateTracks } from '../../local/generate/index.ts';
import { type Block, streamsBlock } from './streams-block.ts';

/** A file for the contenders: blocks below a header, validated by a dataset's own manifest. */
export type BenchFile = Block & {
  readonly name: string;
  readonly key: string;
  readonly manifest: string;
};

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The files by name: listens that are all clean, partly dirty or all quoted, and tracks with 21 columns. */
export const benchFiles = async (): Promise<readonly BenchFile[]> => {
  const streams = { key: 'data/streams/streams1.csv', manifest: await manifestOf('streams') };
  const tracks = { key: 'data/tracks/tracks1.csv', manifest: await manifestOf('tracks') };
  return [
    { name: 'clean', ...streams, ...streamsBlock('clean') },
    { name: 'dirty', ...streams, ...streamsBlock('dirty') },
    { name: 'quoted', ...streams, ...streamsBlock('quoted') },
    { name: 'tracks', ...tracks, ...tracksBlock() },
  ];
};

/** Without the limit on rows, because these files have more. */
const manifestOf = async (dataset: string): Promise<string> => {
  const { schema, ...rest } = JSON.parse(
    await readFile(join(root, 'rules', dataset, 'manifest.json'), 'utf8'),
  );
  return JSON.stringify({ ...rest, schema: { ...schema, max_rows: undefined } });
};

const tracksBlock = (): Block => {
  const trackIds = generateTrackIds({ count: 20_000, seed: 1 });
  const [header = '', ...rows] = generateTracks({ trackIds, seed: 1, unknownShare: 0 });
  return { header, rows: Buffer.from(rows.join('')), count: rows.length };
};
