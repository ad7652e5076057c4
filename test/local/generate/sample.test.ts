import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invalidStreams } from '../../../local/generate/invalid-streams.ts';
import { type SampleFile, writeSample } from '../../../local/generate/sample.ts';

let directory: string;
let files: SampleFile[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sample-'));
  files = await writeSample(directory);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const sha256 = async (name: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(join(directory, name)))
    .digest('hex');

describe('writeSample', () => {
  it('names the files it wrote, the catalogue first', async () => {
    expect(files.map(({ dataset, path }) => [dataset, basename(path)])).toEqual([
      ['tracks', 'tracks.csv'],
      ['listeners', 'listeners.csv'],
      ['streams', 'streams1.csv'],
      ['streams', 'streams2.csv'],
    ]);
    expect((await readdir(directory)).sort()).toEqual([
      'listeners.csv',
      'streams1.csv',
      'streams2.csv',
      'tracks.csv',
    ]);
  });

  it('copies the real file byte for byte', async () => {
    const real = await readFile('local/sample/streams1.csv');
    expect((await readFile(join(directory, 'streams1.csv'))).equals(real)).toBe(true);
  });

  it('ships the bad file that its generator makes', async () => {
    expect(await readFile(join(directory, 'streams2.csv'), 'utf8')).toBe(invalidStreams(20240625));
  });

  it('writes the same bytes each time, so that a second landing is known to the ledger', async () => {
    const before = await Promise.all(['tracks.csv', 'listeners.csv', 'streams2.csv'].map(sha256));
    await writeSample(directory);
    expect(await Promise.all(['tracks.csv', 'listeners.csv', 'streams2.csv'].map(sha256))).toEqual(before);
  });

  it('knows every listener of the real file, and all but a few of its tracks', async () => {
    const [tracks, listeners, streams] = await Promise.all(
      ['tracks.csv', 'listeners.csv', 'streams1.csv'].map(rowsOf),
    );
    const known = new Set(tracks?.map(([, trackId]) => trackId));
    const accounts = new Set(listeners?.map(([userId]) => userId));
    const heard = new Set(streams?.map(([, trackId]) => trackId));
    const unknown = [...heard].filter((trackId) => !known.has(trackId));
    expect(heard.size).toBe(10_656);
    expect(unknown.length).toBe(59);
    expect(streams?.filter(([userId]) => !accounts.has(userId))).toEqual([]);
  });
});

const rowsOf = async (name: string): Promise<string[][]> =>
  (await readFile(join(directory, name), 'utf8'))
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
