import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { martLease, rebuildId } from '../../functions/pipeline/records/lease.ts';
import type { StoredRebuild } from '../functions/records.ts';
import { type Laptop, startLaptop } from './laptop.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await startLaptop();
  for (const dataset of ['streams', 'tracks']) await laptop.landManifest(dataset);
});
afterAll(() => laptop?.stop());

const header =
  'id,track_id,artists,album_name,track_name,popularity,duration_ms,explicit,danceability,energy,key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,valence,tempo,time_signature,track_genre';
const idOf = (letter: string): string => letter.repeat(22);

type Track = {
  readonly letter: string;
  readonly name?: string;
  readonly duration?: string;
  readonly genre?: string;
};

const catalogue = (tracks: readonly Track[]): string => {
  const rows = tracks.map(({ letter, name = 'Song', duration = '200000', genre = 'pop' }, id) =>
    [
      id,
      idOf(letter),
      'Ann',
      'Alb',
      name,
      50,
      duration,
      'False,0.5,0.5,1,-5.0,1,0.1,0.1,0.0,0.1,0.5,120.0,4',
      genre,
    ].join(),
  );
  return `${[header, ...rows].join('\n')}\n`;
};

type Listen = readonly [user: string, letter: string, time: string];
const listens = (rows: readonly Listen[]): string =>
  `user_id,track_id,listen_time\n${rows.map(([user, letter, time]) => `${user},${idOf(letter)},${time}\n`).join('')}`;

const land = async (key: string, text: string): Promise<void> => {
  const [record] = await laptop.atRest([await laptop.land(key, text)]);
  expect(record).toMatchObject({ state: 'published' });
};

const lastRebuild = async (): Promise<StoredRebuild | undefined> => {
  const { fence } = await laptop.ledger.leases.find(martLease('listening'));
  return laptop.ledger.rebuilds.find(rebuildId('listening', fence));
};

const largest = String(2n ** 63n - 1n);
const long = 'é'.repeat(150_000);
const names = (name?: string): Track[] =>
  ['D', 'E', 'F'].map((letter) => ({
    letter,
    genre: 'noise',
    ...(name ? { name: `${letter}${name}` } : {}),
  }));
const known: readonly Track[] = [{ letter: 'A' }, { letter: 'B', duration: largest, genre: 'drone' }];

describe('KPIs of what no double holds and no table takes', { timeout: 240_000 }, () => {
  test('tell listeners of 64-bit ids apart, and sum what is beyond 64 bits', async () => {
    await land('data/tracks/tracks5.csv', catalogue([...known, ...names(long)]));
    const times = ['00', '01', '02'].map((hour) => `2024-08-01 ${hour}:00:00`);
    const [first = '', second = ''] = times;
    await land(
      'data/streams/streams6.csv',
      listens([
        ...times.map((time): Listen => ['1234567890123456789', 'A', time]),
        ...times.slice(0, 2).map((time): Listen => ['1234567890123456788', 'A', time]),
        ['9007199254740993', 'A', first],
        ['9007199254740993', 'B', first],
        ['9007199254740993', 'B', second],
        [largest, 'D', first],
        ['5', 'E', first],
        ['5', 'F', first],
      ]),
    );
    const listened = async (id: string) =>
      (await laptop.kpis.query(`LISTENER#${id}`)).map(({ listens }) => listens);
    expect(await listened('1234567890123456789')).toEqual([3]);
    expect(await listened('1234567890123456788')).toEqual([2]);
    expect(await listened(largest)).toEqual([1]);
    const [odd] = await laptop.kpis.query('LISTENER#9007199254740993');
    expect(String(odd?.listening_ms)).toBe(String(2n * (2n ** 63n - 1n) + 200_000n));
    const listeners = (await laptop.allKpis()).filter(({ pk }) => pk.startsWith('LISTENER#'));
    expect(listeners).toHaveLength(5);
  });

  test('leave out the one item that is too large, say so, and publish the rest', async () => {
    const day = await laptop.kpis.get('DAY#2024-08-01', 'CURRENT');
    expect(day).toMatchObject({ listens: 11, genres: 3, left_out: 1 });
    const items = await laptop.kpis.query(`DAY#2024-08-01#${day?.version}`);
    expect(items.map(({ sk }) => sk)).toEqual(['GENRE#drone', 'GENRE#pop', 'HOUR#00', 'HOUR#01', 'HOUR#02']);
    expect(await laptop.kpis.get('GENRE#noise', '2024-08-01')).toMatchObject({ listens: 3 });
    const rebuild = await lastRebuild();
    expect(rebuild).toMatchObject({
      state: 'published',
      left_out: 1,
      left_out_items: [
        expect.stringMatching(/GENRE#noise of kpi_day_genres: the item has 900,\d+ bytes of at most 409,536/),
      ],
    });
    const report = await laptop.files.readText(rebuild?.left_out_report ?? '');
    expect(JSON.parse(report ?? '')).toMatchObject({ left_out: 1, items: [{ sk: 'GENRE#noise' }] });
  });

  test('go on with the next file, and are whole again once the names are corrected', async () => {
    await land('data/streams/streams7.csv', listens([['1', 'A', '2024-09-01 01:00:00']]));
    expect(await laptop.kpis.get('DAY#2024-09-01', 'CURRENT')).toMatchObject({ listens: 1 });
    expect(await lastRebuild()).toMatchObject({ left_out: 1 });
    await land('data/tracks/tracks5.csv', catalogue([...known, ...names()]));
    const day = await laptop.kpis.get('DAY#2024-08-01', 'CURRENT');
    expect(day).not.toHaveProperty('left_out');
    expect(await laptop.kpis.get(`DAY#2024-08-01#${day?.version}`, 'GENRE#noise')).toMatchObject({
      top_songs: [{ track_name: 'Song' }, { track_name: 'Song' }, { track_name: 'Song' }],
    });
    expect(await lastRebuild()).not.toHaveProperty('left_out');
  });
});
