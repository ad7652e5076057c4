import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Mart } from '../../../functions/warehouse/model.ts';
import {
  type EditedCatalogs,
  goldOf,
  inOrder,
  type Landing,
  type Lived,
  live,
  renderEdits,
  type Step,
} from '../histories.ts';
import { publishedKpis } from '../published.ts';
import type { Row, TestWarehouse } from '../warehouse.ts';
import { describeWarehouses, duckdb } from '../warehouses.ts';
import { pulledFile, pulls, repeated, shopEdits, shopHistory } from './histories.ts';
import { deletedSongs, salesKpisOf, salesOf, viewsOf } from './plain-sales.ts';

const runs = Number(process.env.SOUNDCHECK_RUNS ?? 8);
const shop = { mart: 'shop', edits: shopEdits };

/** The KPI table after all rebuilds of a history. */
const kpisAfter = ({ rebuilds }: Lived): Record<string, Row> => {
  const published = publishedKpis();
  for (const [at, { mart, rows }] of rebuilds.entries()) published.publish(mart, at + 1, rows);
  return Object.fromEntries(published.visible());
};

const sorted = (rows: readonly Row[]): string[] =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();

/** Rows of a view with numbers where the expected rows have them. */
const rowsLike = async (
  warehouse: TestWarehouse,
  view: string,
  [example = {}]: readonly Row[],
): Promise<Row[]> => {
  const rows = await warehouse.query(`select * from gold.${view}`);
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof example[name] === 'number' ? Number(value) : value,
      ]),
    ),
  );
};

/** When each song was deleted; a song that is for sale has no moment. */
const songsIn = async (warehouse: TestWarehouse): Promise<Row> => {
  const rows = await warehouse.query(
    `select track_id, is_current, cast(deleted_at as varchar(32)) as deleted_at from gold.dim_songs where track_id <> 'unknown'`,
  );
  for (const { is_current, deleted_at } of rows) expect(is_current).toBe(deleted_at === null);
  return Object.fromEntries(
    rows.map(({ track_id, deleted_at }) => [
      String(track_id),
      deleted_at === null ? null : `${deleted_at}`.replace(/(\.\d*)?$/, (end) => (end || '.').padEnd(7, '0')),
    ]),
  );
};

describeWarehouses('the shop', (engine) => {
  it('has, after any history, the views and KPIs that a plain program computes from the rows of the files', async () => {
    const catalogs = await renderEdits(engine.target, shop);
    let sold = 0;
    await fc.assert(
      fc.asyncProperty(shopHistory, async (steps) => {
        const lived = await live(engine, catalogs, [...steps, { edit: 'asItIs' }]);
        try {
          const sales = salesOf(lived.files);
          sold += sales.length;
          for (const [view, rows] of Object.entries(viewsOf(sales)))
            expect(sorted(await rowsLike(lived.warehouse, view, rows)), view).toEqual(sorted(rows));
          expect(kpisAfter(lived)).toEqual(Object.fromEntries(salesKpisOf(sales)));
          expect(await songsIn(lived.warehouse)).toEqual(deletedSongs(lived.files));
        } finally {
          await lived.warehouse.close();
        }
      }),
      { numRuns: runs },
    );
    expect(sold).toBeGreaterThan(0);
  }, 240_000);

  it('sells to the version of a user that is true at that moment, from its first microsecond on', async () => {
    const catalogs = await renderEdits(engine.target, { ...shop, edits: { asItIs: [] } });
    const moment = '2024-02-01 00:00:00.5';
    const user = { user_id: 'u1', user_name: 'Ann', user_lastname: 'C', user_since: moment };
    const sale = { user_id: 'u1', observed_at: moment, item_number: 1, currency: 'USD', artist_id: 'AR1' };
    const lived = await live(engine, catalogs, [
      {
        ...{ land: 'users', file: 'u', late: false },
        rows: [
          { ...user, country_code: 'FR', observed_at: '2024-01-01 00:00:00' },
          { ...user, country_code: 'DE', observed_at: moment },
        ],
      },
      {
        ...{ land: 'sessions', file: 's', late: false },
        rows: [
          {
            ...sale,
            session_id: 's1',
            song_id: 'TR1',
            price: '1.00',
            session_start_time: '2024-02-01 00:00:00.499999',
          },
          { ...sale, session_id: 's2', song_id: 'TR1', price: '0.10', session_start_time: moment },
        ],
      },
    ]);
    const rows = await lived.warehouse.query(
      'select country_code, cast(total_sales as varchar(20)) as total from gold.sales_per_country_vw order by country_code',
    );
    await lived.warehouse.close();
    expect(rows).toEqual([
      { country_code: 'DE', total: '0.10' },
      { country_code: 'FR', total: '1.00' },
    ]);
  }, 60_000);

  describe('after one step and another', () => {
    let catalogs: EditedCatalogs;
    beforeAll(async () => {
      catalogs = await renderEdits(engine.target, { ...shop, edits: { asItIs: [] } });
    });
    const rebuild = 'rebuild' as const;
    const lands = (land: string, file: string, observed_at: string, rows: readonly Row[]): Landing => ({
      ...{ land, file, late: false },
      rows: rows.map((row) => ({ ...row, observed_at })),
    });
    const song = (name: string) => ({
      ...{ track_id: `TR${name}`, song_id: `SO${name}`, title: `Title ${name}` },
      ...{ artist_id: `AR${name}`, artist_name: `Artist ${name}` },
    });
    const session = { session_id: 's1', user_id: 'u1', session_start_time: '2024-02-01 10:00:00' };
    const item = (item_number: number, name: string, price = '1.00') => ({
      ...{ ...session, item_number, price, song_id: `TR${name}`, artist_id: `AR${name}`, currency: 'USD' },
    });
    const noItem = { ...session, item_number: null };
    const user = (user_id: string) => ({ user_id, user_name: 'Ann', user_lastname: 'C', country_code: 'FR' });
    const months = ['2024-01-01 03:00:00', '2024-02-01 03:00:00', '2024-03-01 03:00:00'] as const;

    const answers = async (steps: readonly Step[], sql: string): Promise<unknown[][]> => {
      const { warehouse } = await live(engine, catalogs, steps);
      try {
        return (await warehouse.query(sql)).map((row) => Object.values(row));
      } finally {
        await warehouse.close();
      }
    };
    const sales = `select item_number, song_id, cast(price as varchar(20)) from gold.fact_session order by item_number`;

    const songs = `select track_id, is_current, substring(cast(deleted_at as varchar(32)), 1, 7) from gold.dim_songs
      where track_id <> 'unknown' order by track_id`;
    const artists = `select artist_id, artist_name, is_current from gold.dim_artists where artist_id <> 'unknown' order by artist_id`;
    const first = lands('songs', pulledFile('songs', 1), months[0], [song('1'), song('2')]);
    const second = lands('songs', pulledFile('songs', 2), months[1], [song('2')]);
    const third = lands('songs', pulledFile('songs', 3), months[2], [song('1'), song('2')]);

    it('deletes a song that a snapshot lacks, but keeps its row', async () => {
      const steps = [first, rebuild, second] as const;
      expect(await answers(steps, songs)).toEqual([
        ['TR1', false, '2024-02'],
        ['TR2', true, null],
      ]);
      expect(await answers(steps, artists)).toEqual([
        ['AR1', 'Artist 1', false],
        ['AR2', 'Artist 2', true],
      ]);
      const sold = lands('sessions', 's', months[2], [item(1, '1')]);
      expect(
        await answers([...steps, rebuild, sold], 'select artist_name, title from gold.music_preference_vw'),
      ).toEqual([['Artist 1', 'Title 1']]);
    });

    it('takes a song back that a later snapshot has, in whatever order they land', async () => {
      const back = [
        ['TR1', true, null],
        ['TR2', true, null],
      ];
      expect(await answers([first, second, rebuild, third], songs)).toEqual(back);
      expect(await answers([third, rebuild, second, rebuild, first], songs)).toEqual(back);
    });

    it('deletes nothing for a file that was dropped, an empty one, or one that is taken away', async () => {
      const dropped = lands('songs', 'data/songs/songs-new.jsonl', months[1], [song('3')]);
      const here = ['TR1', 'TR2', 'TR3'].map((track) => [track, true, null]);
      expect(await answers([first, rebuild, dropped], songs)).toEqual(here);
      const gone = { ...second, rows: [] };
      expect(await answers([first, dropped, second, rebuild, gone], songs)).toEqual(here);
    });

    it('keeps a user that a pull lacks', async () => {
      const steps = [
        lands('users', pulledFile('users', 1), months[0], [user('u1'), user('u2')]),
        rebuild,
        lands('users', pulledFile('users', 2), months[1], [user('u2')]),
      ];
      const current = `select user_id, count(*) from gold.dim_users where is_current and user_id <> 'unknown' group by user_id order by user_id`;
      expect((await answers(steps, current)).map((row) => row.map(String))).toEqual([
        ['u1', '1'],
        ['u2', '1'],
      ]);
    });

    it('withdraws the sales that a newer version of a session lacks, until its file is gone', async () => {
      const two = lands('sessions', 's-a', months[0], [item(1, '1'), item(2, '2')]);
      const one = lands('sessions', 's-b', months[1], [item(1, '2')]);
      const none = lands('sessions', 's-c', months[2], [noItem]);
      const numbered = (rows: unknown[][]) => rows.map(([number, ...rest]) => [Number(number), ...rest]);
      expect(numbered(await answers([two, rebuild, one], sales))).toEqual([[1, 'TR2', '1.00']]);
      expect(await answers([two, rebuild, one, rebuild, none], sales)).toEqual([]);
      expect(await answers([none, rebuild, one, rebuild, two], sales)).toEqual([]);
      const gone = { ...none, rows: [] };
      expect(numbered(await answers([two, none, rebuild, gone], sales))).toEqual([
        [1, 'TR1', '1.00'],
        [2, 'TR2', '1.00'],
      ]);
      const other = { ...none, rows: [{ ...noItem, session_id: 's2', observed_at: months[2] }] };
      expect(numbered(await answers([two, none, rebuild, other], sales))).toEqual([
        [1, 'TR1', '1.00'],
        [2, 'TR2', '1.00'],
      ]);
    });

    it('counts a song that is in a session twice as two sales', async () => {
      const steps = [lands('sessions', 's', months[0], [item(1, '1', '0.33'), item(2, '1', '1.85')])];
      const total = 'select cast(sum(price) as varchar(20)), count(*) from gold.fact_session';
      expect((await answers(steps, total)).flat().map(String)).toEqual(['2.18', '2']);
    });
  });
});

/** Rows of gold and items of KPIs, without the files that they come from. */
const shown = async (lived: Lived, mart: Mart): Promise<unknown> => {
  const gold = await goldOf(lived.warehouse, mart);
  const rows = Object.entries(gold).map(([name, texts]) => [
    name,
    texts.map((row) => JSON.stringify({ ...JSON.parse(row), landed_file: '', landed_version: '' })).sort(),
  ]);
  const views = mart.models.filter(({ kind, name }) => kind === 'view' && name !== 'dim_date');
  const viewed = views.map(async ({ name }) => [
    name,
    inOrder(await lived.warehouse.query(`select * from gold.${name}`)),
  ]);
  return { gold: Object.fromEntries(rows), views: await Promise.all(viewed), kpis: kpisAfter(lived) };
};

describe('records that come again', () => {
  it('count once in every table, view and KPI, in any order, and no check finds anything in them', async () => {
    const catalogs = await renderEdits('duckdb', { ...shop, edits: { asItIs: [] } });
    const { mart } = catalogs('asItIs');
    const warnings = async ({ warehouse }: Lived) =>
      (await warehouse.unloaded(1, 'checks'))
        .map(({ check_name, subject }) => `${check_name} ${subject}`)
        .sort();
    const both = pulls.chain((files) => fc.tuple(fc.constant(files), repeated(files)));
    await fc.assert(
      fc.asyncProperty(both, async ([once, again]) => {
        const [expected, found] = [await live(duckdb, catalogs, once), await live(duckdb, catalogs, again)];
        try {
          expect(await shown(found, mart)).toEqual(await shown(expected, mart));
          expect(await warnings(found)).toEqual(await warnings(expected));
        } finally {
          await Promise.all([expected, found].map(({ warehouse }) => warehouse.close()));
        }
      }),
      { numRuns: runs },
    );
  }, 240_000);
});

describe('incremental rebuilds of the shop', () => {
  it('leave the gold and the KPIs that one full rebuild of the same files gives', async () => {
    const catalogs = await renderEdits('duckdb', shop);
    await fc.assert(
      fc.asyncProperty(shopHistory, async (steps) => {
        const lived = await live(duckdb, catalogs, steps);
        const { catalog, mart } = catalogs(lived.edit);
        const fresh = await duckdb.open(catalog);
        try {
          for (const file of lived.files) await fresh.publish(file);
          const whole = publishedKpis();
          whole.publish(mart, 1, await fresh.rebuild(mart));
          expect(await goldOf(lived.warehouse, mart)).toEqual(await goldOf(fresh, mart));
          expect(kpisAfter(lived)).toEqual(Object.fromEntries(whole.visible()));
        } finally {
          await Promise.all([lived.warehouse.close(), fresh.close()]);
        }
      }),
      { numRuns: runs },
    );
  }, 240_000);
});
