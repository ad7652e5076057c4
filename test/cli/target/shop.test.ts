import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Shop, startShop } from '../../../cli/target/shop.ts';

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

  test('has a database that its secret opens', async () => {
    await shop.ready;
    const {
      SHOP_DATABASE_HOST: host = '',
      SHOP_DATABASE_PORT: port,
      SHOP_DATABASE: database,
    } = shop.variables;
    const { username: user, password } = secretOf('SHOP_DATABASE_SECRET');
    const client = new pg.Client({ host, port: Number(port), database, user, password });
    await client.connect();
    const { rows } = await client.query('select count(*)::int as songs from deftunes.songs');
    await client.end();
    expect(rows).toEqual([{ songs: 10_000 }]);
  });
});
