import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noShop, type Shop, startShop } from '../../../cli/target/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const secretOf = (variable: string): Record<string, string> =>
  JSON.parse(shop.secrets[shop.variables[variable] ?? ''] ?? '{}');

describe('the shop of a laptop cloud', () => {
  test('has an API that its secret opens', async () => {
    const url = shop.variables.SHOP_API;
    const users = `${url}/users?start_date=2024-01-01&end_date=2024-01-31`;
    expect((await fetch(users)).status).toBe(401);
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...secretOf('SHOP_API_SECRET') });
    const answer = (await (await fetch(`${url}/oauth/token`, { method: 'POST', body })).json()) as {
      access_token: string;
    };
    const response = await fetch(users, { headers: { authorization: `Bearer ${answer.access_token}` } });
    expect(((await response.json()) as unknown[]).length).toBeGreaterThan(50);
  });

  test('has a database that takes any token over TLS, and none without', async () => {
    await shop.ready;
    const { SHOP_DATABASE_HOST: host = '', SHOP_DATABASE_PORT: port, SHOP_DATABASE_CA: ca } = shop.variables;
    const login = {
      host,
      port: Number(port),
      database: 'deftunes',
      user: 'shop_reader',
      password: 'a token',
    };
    const client = new pg.Client({ ...login, ssl: { ca, rejectUnauthorized: true } });
    await client.connect();
    const { rows } = await client.query('select count(*)::int as songs from deftunes.songs');
    await expect(client.query('delete from deftunes.songs')).rejects.toThrow('permission denied');
    await client.end();
    expect(rows).toEqual([{ songs: 10_000 }]);
    await expect(new pg.Client(login).connect()).rejects.toThrow('password authentication failed');
  });

  test('leaves the same variables empty where it is not started', () => {
    expect(Object.keys(noShop.variables)).toEqual(Object.keys(shop.variables));
  });
});
