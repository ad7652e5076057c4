import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CannotLand, datasetOf, withDatasets } from '../../../cli/target/datasets.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landing-'));
  for (const name of ['streams7.csv', 'streams8.csv.gz', 'tracks.csv', 'odd.csv'])
    await writeFile(at(name), '');
  await mkdir(at('streams9.csv'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the dataset of a file', () => {
  test('is the one whose name pattern it fits, compressed or not', async () => {
    const files = await withDatasets(['streams7.csv', 'streams8.csv.gz', 'tracks.csv'].map(at));
    expect(files.map(({ dataset }) => dataset)).toEqual(['streams', 'streams', 'tracks']);
  });

  test('is the given one, whatever the name', async () => {
    expect(await withDatasets([at('odd.csv')], 'tracks')).toEqual([
      { path: at('odd.csv'), dataset: 'tracks' },
    ]);
  });

  test('is asked for when no pattern fits, with the patterns there are', async () => {
    const rejected = withDatasets([at('odd.csv')]);
    await expect(rejected).rejects.toThrow(CannotLand);
    await expect(rejected).rejects.toThrow(
      /fits no dataset; rename it .*\n(?: {2}.*\n)* {2}streams: streams\[0-9\]\+\.csv/,
    );
  });

  test('has to exist', async () => {
    await expect(withDatasets([at('tracks.csv')], 'nope')).rejects.toThrow(
      /no dataset nope; the datasets are listeners, sessions, songs, streams, tracks, users/,
    );
  });
});

describe('a manifest that is broken', () => {
  const texts = new Map([
    ['plays', '{\n  "version": "1.0",\n  "directory": "data/plays/",,\n}'],
    [
      'tracks',
      '{"version":"1","directory":"data/tracks/","schema":{"extension":".csv","name_pattern":"tracks\\\\.csv","fields":{"a":{"type":"int"}}}}',
    ],
  ]);

  test('is named with its problem and its line where a file fits no other', () => {
    expect(() => datasetOf('plays1.csv', texts)).toThrow(
      /plays1\.csv fits no usable manifest; correct these first:\n {2}rules\/plays\/manifest\.json: line 3, column 30: manifest: is not JSON/,
    );
  });

  test('is in the way of no file that fits another', () => {
    expect(datasetOf('tracks.csv', texts)).toBe('tracks');
  });
});

describe('what cannot be landed is named', () => {
  test('a file that is not there', async () => {
    await expect(withDatasets([at('nothing.csv')])).rejects.toThrow(`there is no file ${at('nothing.csv')}`);
  });

  test('a folder, with what to name instead', async () => {
    const folder = at('streams9.csv');
    await expect(withDatasets([folder])).rejects.toThrow(
      `${folder} is a folder; name the files in it, such as ${folder}/*`,
    );
  });
});
