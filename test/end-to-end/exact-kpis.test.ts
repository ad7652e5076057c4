import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

const largest = String(2n ** 63n - 1n);
const known: readonly Track[] = [{ letter: 'A' }, { letter: 'B', duration: largest, genre: 'drone' }];

describe('KPIs of what no double holds', { timeout: 240_000 }, () => {
  test('tell listeners of 64-bit ids apart, and sum what is beyond 64 bits', async () => {
    await land('data/tracks/tracks5.csv', catalogue(known));
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
});
