import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionsManifest, shop, usersManifest } from '../functions/engine/shop-project.ts';
import { type Laptop, startLaptop } from './laptop.ts';
import { projectWith } from './project.ts';
import { queryWarehouse } from './warehouse.ts';

const keepsAcceptedRows = ({ schema, ...rest }: { readonly schema: object }) =>
  JSON.stringify({ ...rest, schema: { ...schema, validation: { on_error: 'quarantine_rows' } } });

const project = {
  ...shop,
  'rules/users/manifest.json': keepsAcceptedRows(usersManifest),
  'rules/sessions/manifest.json': keepsAcceptedRows(sessionsManifest),
};

let root: string;
let laptop: Laptop;
beforeAll(async () => {
  root = await projectWith(project);
  laptop = await startLaptop({ root });
}, 60_000);
afterAll(async () => {
  await laptop?.stop();
  await rm(root, { recursive: true, force: true });
});

const uuid = (digit: number) => `0000000${digit}-3a8c-4968-a3af-5362011ef7d5`;

describe('nested records from landing to silver', { timeout: 240_000 }, () => {
  test('are one row an item, with the invalid records of an array quarantined', async () => {
    const session = (digit: number, items: string) =>
      `{"session_id": "${uuid(digit)}", "customer": {"user_id": "${uuid(0)}"},
        "session_start_time": "2020-01-27T08:29:54.970697", "session_items": ${items}}`;
    const sessions = [
      session(1, '[{"song_id":"A","price":1.10},{"song_id":"B","price":0.57,"liked":true}]'),
      session(2, '[{"song_id":"A","price":1.234}]'),
      session(3, '[]'),
    ];
    await laptop.landManifest('sessions', root);
    const landed = await laptop.land('data/sessions/2020.json', `[${sessions.join(',\n')}]\n`);
    const [record] = await laptop.atRest([landed]);
    expect(record).toMatchObject({ state: 'published', records: 3, quarantined_rows: 1 });
    const shown = (column: string) => `coalesce(cast(${column} as varchar(64)), 'none')`;
    const columns = ['session_id', 'item_number', 'song_id', 'price', 'liked'].map(shown).join(', ');
    expect(await queryWarehouse(`select ${columns} from silver.sessions order by all`)).toEqual([
      [uuid(1), '1', 'A', '1.10', 'none'],
      [uuid(1), '2', 'B', '0.57', 'true'],
      [uuid(3), 'none', 'none', 'none', 'none'],
    ]);
    const [rows = ''] = (await laptop.files.list('data/quarantine/')).filter((key) =>
      key.endsWith('.rows.jsonl'),
    );
    expect(await laptop.files.readText(rows)).toContain('session_items[0].price');
  });

  test('keep an array of values by position, and what nobody named as text', async () => {
    await laptop.landManifest('users', root);
    const user = `{"user_id":"${uuid(1)}","user_name":"Ann","user_location":["46.3","-0.4","Niort","FR","Europe/Paris"],"user_since":"2020-12-22T14:15:35.936090","vip":1.50}`;
    const landed = await laptop.land('data/users/users.jsonl', `${user}\n`);
    const [record] = await laptop.atRest([landed]);
    expect(record).toMatchObject({ state: 'published', rows: 1, drift: ['new column "vip", kept as text'] });
    expect(await queryWarehouse('select latitude, country_code, unknown_fields from silver.users')).toEqual([
      ['46.300000', 'FR', '{"vip":"1.50"}'],
    ]);
  });
});
