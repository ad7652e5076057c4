import { once } from 'node:events';
import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { songAt, songColumns } from '../../../local/generate/songs.ts';
import { type ShopDatabase, startShopDatabase } from '../../../local/sources/database.ts';

let shop: ShopDatabase;
beforeAll(async () => {
  shop = await startShopDatabase({ seed: 4, songs: 2_300 });
});
afterAll(() => shop.stop());

/** Runs a statement as the reader of the shop. */
const read = async (sql: string, { host, port, database, user, password } = shop): Promise<unknown[]> => {
  const client = new pg.Client({ host, port, database, user, password });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

describe('the database of the shop', () => {
  test('turns clients away until it is there', async () => {
    const other = await startShopDatabase({ songs: 1 });
    const socket = connect(other.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'close');
    await other.ready;
    expect(await read('select count(*)::int as songs from deftunes.songs', other)).toEqual([{ songs: 1 }]);
    await other.stop();
  });

  test('has the generated songs, value by value, in 14 columns', async () => {
    await shop.ready;
    const expected = Array.from({ length: 2_300 }, (_, number) => songAt({ seed: 4, songs: 2_300 }, number));
    const byId = (one: object, other: object) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
    const rows = (await read('select * from deftunes.songs')) as object[];
    expect(rows.sort(byId)).toEqual(expected.sort(byId));
    expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(songColumns));
  });

  test('has NULL beside empty texts, names beyond ASCII, years 0 and codes -1', async () => {
    const counted = `select count(*) filter (where artist_mbid is null)::int > 0 as nulls,
        count(*) filter (where artist_mbid = '')::int > 0 as empty,
        count(*) filter (where title ~ '[^ -~]')::int > 0 as foreign_names,
        count(*) filter (where year = 0 and shs_perf = -1)::int > 0 as unknown
      from deftunes.songs`;
    expect(await read(counted)).toEqual([{ nulls: true, empty: true, foreign_names: true, unknown: true }]);
  });

  test('lets its reader read and nothing else', async () => {
    for (const sql of [
      'delete from deftunes.songs',
      'create table deftunes.mine (id int)',
      'create table public.mine (id int)',
      `copy deftunes.songs to '/tmp/songs'`,
    ])
      await expect(read(sql)).rejects.toThrow('permission denied');
    await expect(read('select 1', { ...shop, password: 'guess' })).rejects.toThrow('authentication failed');
  });

  test('is the same server when it is made again for the same shop, and another for another', async () => {
    const identifier = 'select system_identifier::text as id from pg_control_system()';
    const [first] = await read(identifier);
    await shop.stop();
    shop = await startShopDatabase({ seed: 4, songs: 2_300 });
    await shop.ready;
    expect(await read(identifier)).toEqual([first]);
    const other = await startShopDatabase({ seed: 5, songs: 1 });
    await other.ready;
    expect(await read(identifier, other)).not.toEqual([first]);
    await other.stop();
  });
});
