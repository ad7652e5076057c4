import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Laptop, startLaptop } from './laptop.ts';
import { queryWarehouse } from './warehouse.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await startLaptop();
  for (const dataset of ['users', 'sessions', 'songs']) await laptop.landManifest(dataset);
}, 60_000);
afterAll(() => laptop?.stop());

const uuid = (digit: number) => `0000000${digit}-3a8c-4968-a3af-5362011ef7d5`;
const track = (letter: string) => `TR${letter.repeat(16)}`;
const pulled = '2024-02-01T03:00:00.000Z';

const lines = (records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
const user = (digit: number, rest: object) => ({
  observed_at: pulled,
  user_id: uuid(digit),
  user_name: 'Zoë',
  user_lastname: 'Carey',
  ...rest,
  user_since: '2020-12-22T14:15:35.936090',
});
const session = (digit: number, buyer: number, items: readonly object[]) => ({
  observed_at: pulled,
  user_id: uuid(buyer),
  session_id: uuid(digit),
  user_agent: 'Mozilla',
  session_start_time: '2024-01-31T23:59:59.999999',
  session_items: items,
});
const item = (letter: string, price: number) => ({
  song_id: track(letter),
  song_name: 'One',
  artist_id: `AR${letter}`,
  artist_name: 'Ann',
  price,
  currency: 'USD',
  liked: true,
  liked_since: null,
});
const song = (letter: string, artist_name: string) => ({
  track_id: track(letter),
  title: 'Världen É Din',
  song_id: `SO${letter.repeat(16)}`,
  release: 'Omérta',
  artist_id: `AR${letter}`,
  artist_mbid: null,
  artist_name,
  duration: 268.22485,
  artist_familiarity: 0.54002666,
  artist_hotttnesss: 0,
  year: 0,
  track_7digitalid: 3164205,
  shs_perf: -1,
  shs_work: 0,
});

const land = async (key: string, records: readonly object[]) => {
  const [record] = await laptop.atRest([await laptop.land(key, lines(records))], { mart: 'shop' });
  return record;
};
const sales = async () => {
  const current = await laptop.kpis.get('SALES#2024-01', 'CURRENT');
  const items = await laptop.kpis.query(`SALES#2024-01#${current?.version}`);
  return {
    total: `${current?.purchases} for ${current?.total_sales} ${current?.currency}`,
    items: items.map(({ sk, artist_name, total_sales }) =>
      [sk, ...(artist_name ? [artist_name] : []), total_sales].join(' '),
    ),
  };
};

describe('the shop from landing to its KPIs', { timeout: 240_000 }, () => {
  test('quarantines invalid sessions row by row, and sells to users and songs that are not known yet', async () => {
    const record = await land('data/sessions/sessions-2024-01-01-2024-01-31-1f3a5b7c9d0e.jsonl', [
      session(1, 1, [item('A', 1.03), item('B', 0.33)]),
      session(2, 2, [item('A', 1.85)]),
      session(3, 1, []),
      session(4, 1, [item('A', 2.01)]),
      session(5, 1, [item('A', 0)]),
      session(6, 1, [{ ...item('A', 1), currency: 'EUR' }]),
    ]);
    expect(record).toMatchObject({ state: 'published', records: 6, quarantined_rows: 3 });
    const rows = await queryWarehouse(
      `select session_id, coalesce(cast(item_number as varchar), 'none') from silver.sessions order by session_id, item_number`,
    );
    expect(rows.map((row) => row.join())).toEqual([
      `${uuid(1)},1`,
      `${uuid(1)},2`,
      `${uuid(2)},1`,
      `${uuid(3)},none`,
    ]);
    expect(await sales()).toEqual({
      total: '3 for 3.21 USD',
      items: ['ARTIST#1 unknown 3.21', 'COUNTRY#unknown 3.21'],
    });
  });

  test('repairs earlier sales when the users and songs arrive, with locations of every kind', async () => {
    const users = await land('data/users/users.jsonl', [
      user(1, { user_location: ['46.32313', '-0.45877', 'Niort', 'FR', 'Europe/Paris'] }),
      user(2, { user_location: null }),
      user(3, { user_location: ['46.3', null, 'Niort'] }),
      user(4, {}),
      user(5, { user_location: ['north', '', '', 'fr', ''] }),
    ]);
    expect(users).toMatchObject({ state: 'published', rows: 5 });
    const songs = await land('data/songs/songs-2024-01-01-2024-01-31-aaaaaaaaaaaa.jsonl', [
      song('A', 'Björk'),
      song('B', 'Abba_ the Band'),
    ]);
    expect(songs).toMatchObject({ state: 'published', rows: 2 });
    expect(await sales()).toEqual({
      total: '3 for 3.21 USD',
      items: [
        'ARTIST#1 Björk 2.88',
        'ARTIST#2 Abba_ the Band 0.33',
        'COUNTRY#FR 1.36',
        'COUNTRY#unknown 1.85',
      ],
    });
    expect(
      await queryWarehouse('select cast(sum(total_sales) as varchar) from gold.music_preference_vw'),
    ).toEqual([['3.21']]);
  });

  test('takes what was observed last, whatever lands first', async () => {
    const moved = { ...user(1, { user_location: ['0', '0', 'Berlin', 'DE', 'Europe/Berlin'] }) };
    await land('data/users/users-2024-01-01-2024-01-31-bbbbbbbbbbbb.jsonl', [
      { ...moved, observed_at: '2024-01-15T00:00:00Z' },
    ]);
    const earlier = { ...session(1, 1, [item('B', 0.5)]), observed_at: '2024-01-31T00:00:00Z' };
    await land('data/sessions/sessions-2024-01-01-2024-01-31-cccccccccccc.jsonl', [earlier]);
    const versions = await queryWarehouse(
      `select country_code, strftime(valid_from, '%Y-%m-%d'), strftime(valid_to, '%Y-%m-%d') from gold.dim_users where user_id = '${uuid(1)}' order by valid_from`,
    );
    expect(versions).toEqual([
      ['DE', '1900-01-01', '2024-02-01'],
      ['FR', '2024-02-01', '9999-12-31'],
    ]);
    expect((await sales()).items).toContain('COUNTRY#DE 1.36');
  });

  test('lets a file without records flow', async () => {
    const [record] = await laptop.atRest([await laptop.land('data/users/users-empty.jsonl', '')], {
      mart: 'shop',
    });
    expect(record).toMatchObject({ state: 'ignored' });
  });
});
