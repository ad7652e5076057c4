import { describe, expect, it } from 'vitest';
import { kpisOf } from './kpis.ts';

const streams = (name: string, ...rows: string[]) => ({
  name,
  text: ['user_id,track_id,listen_time', ...rows, ''].join('\n'),
});
const tracks = (...rows: string[]) => ({
  name: 'tracks.csv',
  text: ['track_id,artists,track_name,popularity,duration_ms,track_genre', ...rows, ''].join('\n'),
});

const catalogue = tracks(
  'A,Ann;Bob,"Hello, ""you""",50,1000,rock',
  'B,Bob,Bee,25,2000,rock',
  'C,,,100,500,jazz',
  'D,Ann,Dee,1,1,rock',
  'E,Eve,Eee,0,3,rock',
);
const monday = streams(
  'streams1.csv',
  '1,A,2024-06-24 08:00:00',
  '1,A,2024-06-24 08:00:01',
  '2,B,2024-06-24 08:30:00',
  '3,B,2024-06-24 09:00:00',
  '2,D,2024-06-24 23:59:59',
  '2,E,2024-06-24 00:00:00',
  '9,Z,2024-06-24 09:10:00',
  '3,C,2024-06-24 09:20:00',
);
const lake = { streams: [monday], tracks: [catalogue] };

describe('kpisOf', () => {
  it('gives a day its totals and its genres by listens, then by name', () => {
    expect(kpisOf(lake).get('DAY#2024-06-24 CURRENT')).toEqual({
      listens: 8,
      unique_listeners: 4,
      listening_ms: 1000 + 1000 + 2000 + 2000 + 1 + 3 + 0 + 500,
      genres: 3,
      top_genres: [
        { rank: 1, genre: 'rock', listens: 6 },
        { rank: 2, genre: 'jazz', listens: 1 },
        { rank: 3, genre: 'unknown', listens: 1 },
      ],
    });
  });

  it('gives a genre its measures and exactly three songs, ties by track id', () => {
    const measures = {
      listens: 6,
      unique_listeners: 3,
      listening_ms: 6004,
      avg_listening_ms_per_listener: 2001.33,
      popularity_index: 1.51,
    };
    expect(kpisOf(lake).get('GENRE#rock 2024-06-24')).toEqual(measures);
    expect(kpisOf(lake).get('DAY#2024-06-24 GENRE#rock')).toEqual({
      ...measures,
      top_songs: [
        { rank: 1, track_id: 'A', track_name: 'Hello, "you"', artists: 'Ann;Bob', listens: 2 },
        { rank: 2, track_id: 'B', track_name: 'Bee', artists: 'Bob', listens: 2 },
        { rank: 3, track_id: 'D', track_name: 'Dee', artists: 'Ann', listens: 1 },
      ],
    });
  });

  it('counts a track that the catalogue lacks under unknown', () => {
    expect(kpisOf(lake).get('DAY#2024-06-24 GENRE#unknown')).toMatchObject({
      listens: 1,
      listening_ms: 0,
      popularity_index: 0,
      top_songs: [{ rank: 1, track_id: 'Z', track_name: null, artists: null, listens: 1 }],
    });
  });

  it('gives an hour its diversity and its top artist, the first of a track, ties by name', () => {
    expect(kpisOf(lake).get('DAY#2024-06-24 HOUR#08')).toEqual({
      listens: 3,
      unique_listeners: 2,
      distinct_tracks: 2,
      track_diversity: 0.6667,
      top_artist: 'Ann',
    });
    expect(kpisOf(lake).get('DAY#2024-06-24 HOUR#09')).toMatchObject({
      distinct_tracks: 3,
      top_artist: 'Bob',
    });
    expect(kpisOf(lake).has('DAY#2024-06-24 HOUR#10')).toBe(false);
  });

  it('names no top artist where no listen has one', () => {
    const silent = { streams: [streams('streams1.csv', '1,Z,2024-06-24 08:00:00')], tracks: [catalogue] };
    expect(kpisOf(silent).get('DAY#2024-06-24 HOUR#08')).toMatchObject({ top_artist: null });
  });

  it('breaks a tie of artists by name', () => {
    const tied = streams('streams1.csv', '1,B,2024-06-24 08:00:00', '1,D,2024-06-24 08:00:00');
    const kpis = kpisOf({ streams: [tied], tracks: [catalogue] });
    expect(kpis.get('DAY#2024-06-24 HOUR#08')).toMatchObject({ top_artist: 'Ann' });
  });

  it('gives a listener averages per listen and per active day', () => {
    const tuesday = streams('streams2.csv', '1,B,2024-06-25 01:00:00');
    expect(kpisOf({ ...lake, streams: [monday, tuesday] }).get('LISTENER#1')).toEqual({
      listens: 3,
      listening_ms: 4000,
      avg_listening_ms: 1333.33,
      active_days: 2,
      avg_listening_ms_per_day: 2000,
      first_day: '2024-06-24',
      last_day: '2024-06-25',
    });
  });

  it('counts a listen once, in however many files it stands', () => {
    const again = streams('streams2.csv', '1,A,2024-06-24 08:00:00');
    expect(kpisOf({ ...lake, streams: [monday, again] })).toEqual(kpisOf(lake));
  });

  it('lets a corrected file replace the one before it, rows on other days too', () => {
    const corrected = streams('streams1.csv', '1,A,2024-06-25 08:00:00');
    const kpis = kpisOf({ ...lake, streams: [monday, corrected] });
    expect(kpis.has('DAY#2024-06-24 CURRENT')).toBe(false);
    expect(kpis.get('DAY#2024-06-25 CURRENT')).toMatchObject({ listens: 1, listening_ms: 1000 });
  });

  it('believes the catalogue that landed last', () => {
    const changed = tracks('A,Ann,Hello,50,1,pop');
    const older = { ...catalogue, name: 'tracks2.csv' };
    const kpis = kpisOf({
      streams: [streams('streams1.csv', '1,A,2024-06-24 08:00:00')],
      tracks: [changed, older, changed],
    });
    expect(kpis.get('DAY#2024-06-24 CURRENT')).toMatchObject({ listening_ms: 1 });
    expect(kpis.has('GENRE#pop 2024-06-24')).toBe(true);
  });

  it('orders ties by the bytes of the id', () => {
    const mixed = streams(
      'streams1.csv',
      '1,b,2024-06-24 08:00:00',
      '1,B,2024-06-24 08:00:00',
      '1,a,2024-06-24 08:00:00',
    );
    const kpis = kpisOf({ streams: [mixed], tracks: [] });
    expect(kpis.get('DAY#2024-06-24 GENRE#unknown')).toMatchObject({
      top_songs: [{ track_id: 'B' }, { track_id: 'a' }, { track_id: 'b' }],
    });
  });
});
