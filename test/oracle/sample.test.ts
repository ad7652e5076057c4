import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSample } from '../../local/generate/sample.ts';
import { kpisOf, type Measures } from './kpis.ts';

let directory: string;
let kpis: Map<string, Measures>;

const landed = async (name: string) => ({
  name: basename(name),
  text: await readFile(join(directory, name), 'utf8'),
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'oracle-'));
  await writeSample(directory);
  kpis = kpisOf({ streams: [await landed('streams1.csv')], tracks: [await landed('tracks.csv')] });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** All figures here were computed once by a Python script with its csv and decimal modules, not by this code. */
describe('the oracle on the real file of listens', () => {
  it('finds the totals and the top five genres of its one day', () => {
    expect(kpis.get('DAY#2024-06-25 CURRENT')).toEqual({
      listens: 11_346,
      unique_listeners: 8_956,
      listening_ms: 2_701_398_594,
      genres: 114,
      top_genres: [
        { rank: 1, genre: 'dubstep', listens: 134 },
        { rank: 2, genre: 'pop', listens: 126 },
        { rank: 3, genre: 'guitar', listens: 123 },
        { rank: 4, genre: 'breakbeat', listens: 119 },
        { rank: 5, genre: 'house', listens: 119 },
      ],
    });
  });

  it('finds the measures and songs of a genre', () => {
    expect(kpis.get('DAY#2024-06-25 GENRE#bluegrass')).toEqual({
      listens: 98,
      unique_listeners: 97,
      listening_ms: 23_006_470,
      avg_listening_ms_per_listener: 237_180.1,
      popularity_index: 48.73,
      top_songs: [
        {
          rank: 1,
          track_id: '0hg4cZgvvYIdJG6sBukiyl',
          track_name: 'Little Heart',
          artists: 'Amélie "Heart" Lindqvist;Olu Silva',
          listens: 2,
        },
        {
          rank: 2,
          track_id: '6ZUOXFr9ERlxUgJDdgXZ73',
          track_name: 'Winter Ocean',
          artists: 'Goran García;The Little Train',
          listens: 2,
        },
        {
          rank: 3,
          track_id: '7tfNdoXGoZiTLE65Y5o5Hz',
          track_name: 'Winter Mirror',
          artists: 'Maeve García',
          listens: 2,
        },
      ],
    });
    expect(kpis.get('GENRE#unknown 2024-06-25')).toMatchObject({
      listens: 64,
      unique_listeners: 64,
      listening_ms: 0,
    });
  });

  it('finds 24 hours, with diversity and top artist', () => {
    expect([...kpis.keys()].filter((key) => key.includes(' HOUR#'))).toHaveLength(24);
    expect(kpis.get('DAY#2024-06-25 HOUR#09')).toEqual({
      listens: 524,
      unique_listeners: 417,
      distinct_tracks: 523,
      track_diversity: 0.9981,
      top_artist: 'Ines Abara',
    });
    expect(kpis.get('DAY#2024-06-25 HOUR#17')).toMatchObject({
      track_diversity: 0.9961,
      top_artist: 'Ada Berg',
    });
  });

  it('finds each listener', () => {
    expect([...kpis.keys()].filter((key) => key.startsWith('LISTENER#'))).toHaveLength(8_956);
    expect(kpis.get('LISTENER#42646')).toEqual({
      listens: 5,
      listening_ms: 1_372_783,
      avg_listening_ms: 274_556.6,
      active_days: 1,
      avg_listening_ms_per_day: 1_372_783,
      first_day: '2024-06-25',
      last_day: '2024-06-25',
    });
  });
});
