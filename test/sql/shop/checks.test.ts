import { beforeAll, expect, test } from 'vitest';
import { renderCatalog } from '../../../deploy/render/render.ts';
import type { Catalog } from '../../../functions/pipeline/catalog.ts';
import type { Mart } from '../../../functions/warehouse/model.ts';
import { appliedBy } from '../../../functions/warehouse/rebuild/rebuild.ts';
import type { Row, SilverFile, TestWarehouse } from '../warehouse.ts';
import { describeWarehouses } from '../warehouses.ts';

/** What each check of the shop finds. */

const landedAt = '2024-07-01 00:00:00';
const observed_at = '2024-03-01 00:00:00';
const fileOf = (dataset: string, file: string, rows: readonly Row[]): SilverFile => ({
  ...{ dataset, file, version: 'v1', landedAt, rows },
});

const user = {
  user_id: 'u1',
  user_name: 'Ann',
  user_lastname: 'C',
  country_code: 'FR',
  user_since: observed_at,
  observed_at,
};
const song = {
  track_id: 'TR1',
  song_id: 'SO1',
  title: 'One',
  artist_id: 'AR1',
  artist_name: 'Abba',
  observed_at,
};
const item = {
  song_id: 'TR1',
  artist_id: 'AR1',
  currency: 'USD',
  item_number: 1,
  price: '1.03',
  liked: true,
};
const session = { session_id: 's1', user_id: 'u1', session_start_time: '2024-02-01 10:00:00', observed_at };
const later = { ...session, session_id: 's2' };

const files = {
  users: fileOf('users', 'users', [
    { ...user, country_code: 'DE', observed_at: '2024-02-01 00:00:00' },
    user,
    { ...user, user_id: 'u2' },
  ]),
  songs: fileOf('songs', 'songs', [song]),
  sessions: fileOf('sessions', 'sessions', [{ ...session, ...item }]),
};
const another = fileOf('sessions', 'another', [{ ...later, ...item }]);

type Found = readonly { readonly check_name: string; readonly subject: string; readonly detail: string }[];

describeWarehouses('the checks of the shop', (engine) => {
  let catalog: Catalog;
  let mart: Mart;
  beforeAll(async () => {
    catalog = await renderCatalog(process.cwd(), engine.target);
    if (!catalog.marts.shop) throw new Error('no mart');
    mart = catalog.marts.shop;
  });

  const withFiles = async (
    landed: readonly SilverFile[],
    use: (warehouse: TestWarehouse) => Promise<Found>,
  ): Promise<Found> => {
    const warehouse = await engine.open(catalog);
    try {
      for (const file of landed) await warehouse.publish(file);
      await warehouse.rebuild(mart);
      return await use(warehouse);
    } finally {
      await warehouse.close();
    }
  };

  /** What a rebuild finds after gold was damaged; the damage is where the rebuild computes nothing again. */
  const foundAfter = (damage: string, check: string): Promise<Found> =>
    withFiles(Object.values(files), async (warehouse) => {
      await warehouse.query(damage);
      await warehouse.publish(another);
      const run = { previous: appliedBy(mart), seq: 2, warned: [check] };
      await expect(warehouse.rebuild(mart, run)).rejects.toThrow(engine.saysFailure('checks failed'));
      return (await warehouse.unloaded(2, 'checks')) as unknown as Found;
    });

  const versions = `update gold.dim_users set`;
  const ofFirst = `where user_id = 'u1' and not is_current`;
  test.each([
    [
      'dim_users_unique',
      `insert into gold.dim_users select * from gold.dim_users where user_id = 'u2'`,
      'rows',
    ],
    ['dim_songs_unique', `insert into gold.dim_songs select * from gold.dim_songs`, 'rows'],
    ['dim_artists_unique', `insert into gold.dim_artists select * from gold.dim_artists`, 'rows'],
    ['dim_users_history', `${versions} valid_to = timestamp '2024-02-20 00:00:00' ${ofFirst}`, 'a gap'],
    ['dim_users_history', `${versions} valid_to = timestamp '2024-03-20 00:00:00' ${ofFirst}`, 'an overlap'],
    ['dim_users_history', `${versions} valid_to = valid_from ${ofFirst}`, 'has no time'],
    ['dim_users_history', `${versions} country_code = 'FR' where user_id = 'u1'`, 'equals the one before'],
    ['dim_users_history', `${versions} is_current = true ${ofFirst}`, '2 versions are current'],
    ['dim_users_history', `${versions} is_current = false where user_id = 'u2'`, '0 versions are current'],
    ['dim_users_history', `${versions} is_current = not is_current where user_id = 'u1'`, 'not the last one'],
    [
      'dim_users_history',
      `${versions} valid_from = timestamp '1950-01-01 00:00:00' ${ofFirst}`,
      'begin in 1900',
    ],
    [
      'dim_users_history',
      `${versions} valid_to = timestamp '2050-01-01 00:00:00' where is_current`,
      'not the last one',
    ],
    ['fact_session_unique', 'insert into gold.fact_session select * from gold.fact_session', '2 rows'],
    ['fact_session_conserved', 'delete from gold.fact_session', '1 items published, 0 in fact_session'],
    ['fact_session_users', `update gold.fact_session set user_key = 'unknown'`, 'user_key is wrong in 1'],
    ['fact_session_songs', `update gold.fact_session set song_key = 'x'`, 'song_key is wrong in 1'],
    ['fact_session_artists', `update gold.fact_session set artist_key = 'x'`, 'artist_key is wrong in 1'],
    ['dim_sessions_unique', `insert into gold.dim_sessions select * from gold.dim_sessions`, 'rows'],
    [
      'dim_song_versions_history',
      `update gold.dim_song_versions set valid_from = timestamp '1950-01-01 00:00:00'`,
      'begin in 1900',
    ],
    ['fact_session_in_views', `delete from gold.dim_artists where artist_id = 'AR1'`, 'its sum is 1.03'],
  ])('%s after %s', async (check, damage, detail) => {
    const found = await foundAfter(damage, check);
    expect(found.filter(({ check_name }) => check_name === check).map((one) => one.detail)).toContainEqual(
      expect.stringContaining(detail),
    );
  });

  const warningsOf = (
    added: readonly SilverFile[],
    without: readonly (keyof typeof files)[] = [],
  ): Promise<Found> =>
    withFiles(
      [
        ...Object.entries(files).flatMap(([name, file]) =>
          without.some((one) => one === name) ? [] : [file],
        ),
        ...added,
      ],
      async (warehouse) => (await warehouse.unloaded(1, 'checks')) as unknown as Found,
    );
  const subjects = (found: Found): string[] =>
    found.map(({ check_name, subject }) => `${check_name} ${subject}`).sort();

  test('find nothing in good data', async () => {
    expect(await warningsOf([another])).toEqual([]);
  });

  test('warn of sales whose users and songs have not arrived', async () => {
    expect(subjects(await warningsOf([], ['users', 'songs']))).toEqual([
      'fact_session_known_songs 2024-02',
      'fact_session_known_users 2024-02',
    ]);
  });

  test('warn of a dataset that was not observed for long', async () => {
    const old = fileOf('songs', 'songs', [{ ...song, observed_at: '2024-01-01 00:00:00' }]);
    expect(subjects(await warningsOf([old], ['songs']))).toEqual(['fact_session_fresh songs']);
  });

  test('warn of a session that lacks an item in another file of the same moment', async () => {
    const second = { ...session, ...item, item_number: 2 };
    const found = await warningsOf([
      fileOf('sessions', 'sessions2', [{ ...session, ...item }, second]),
      fileOf('sessions', 'sessions3', [{ ...session, ...item }, second]),
    ]);
    expect(subjects(found)).toEqual(['fact_session_one_row_per_moment s1']);
    const same = await warningsOf([fileOf('sessions', 'sessions2', [{ ...session, ...item }])]);
    expect(same).toEqual([]);
  });

  test('warn of different rows of one moment', async () => {
    const found = await warningsOf([
      fileOf('users', 'users2', [{ ...user, country_code: null }]),
      fileOf('songs', 'songs2', [{ ...song, title: null }]),
      fileOf('sessions', 'sessions2', [{ ...session, ...item, liked: null }]),
    ]);
    expect(subjects(found)).toEqual([
      'dim_songs_one_row_per_moment TR1',
      'dim_users_one_row_per_moment u1',
      'fact_session_one_row_per_moment s1',
    ]);
  });
});
