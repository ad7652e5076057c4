import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beginReading, closeSession, openSession } from '../../../functions/adapters/postgres-session.ts';
import { type Database, failureOf, january, openDatabase, password, pull, sources } from './database.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database?.close());

const namesOf = (records: readonly string[]): unknown[] => records.map((record) => JSON.parse(record).name);

describe('a record', () => {
  const recordOf = async (select: string): Promise<string | undefined> => {
    const [record, ...more] = await pull({ ...database.source, query: select });
    expect(more).toEqual([]);
    return record;
  };

  test('has numbers with all their digits', async () => {
    const select = `select 9223372036854775807::int8 as big, '-9223372036854775808'::int8 as small,
      123456789012345678901234567890.10::numeric as sum, 0.1::float8 as tenth, 0.30000000000000004::float8 as float,
      16777217::float8 as whole, 0.1::float4 as real, 1e-300::float8 as tiny, null::int as nothing`;
    expect(await recordOf(select)).toBe(
      '{"big":9223372036854775807,"small":-9223372036854775808,"sum":123456789012345678901234567890.10,"tenth":0.1,' +
        '"float":0.30000000000000004,"whole":16777217,"real":0.1,"tiny":1e-300,"nothing":null}',
    );
  });

  test('is the same whatever server and user are set to', async () => {
    await database.run(
      `alter role puller set extra_float_digits = -10; alter role puller set timezone = 'Asia/Tokyo';
       alter role puller set datestyle = 'German'; alter role puller set intervalstyle = 'sql_standard'`,
    );
    const select = `select 0.30000000000000004::float8 as f, timestamptz '2024-01-31 23:30+02' as at,
      daterange('2024-01-01', '2024-02-01') as days, interval '1 day 2 hours' as pause`;
    expect(await recordOf(select)).toBe(
      '{"f":0.30000000000000004,"at":"2024-01-31T21:30:00+00:00","days":"[2024-01-01,2024-02-01)","pause":"P1DT2H"}',
    );
    await database.run('alter role puller reset all');
  });

  test('has times as they are stored, and those with a zone in UTC', async () => {
    const select = `select timestamp '2024-01-31 23:59:59.999999' as local, timestamptz '2024-01-31 23:59:59.5-05' as at,
      date '2024-02-29' as day, null::timestamp as never`;
    expect(await recordOf(select)).toBe(
      '{"local":"2024-01-31T23:59:59.999999","at":"2024-02-01T04:59:59.5+00:00","day":"2024-02-29","never":null}',
    );
  });

  test('has any text, in one line', async () => {
    const text = 'Världen "É" \\ Din\r\n\t\u2028 😀 東京 \u0001';
    await database.table('texts', `select '${text}'::text as name, ''::text as empty`);
    const [record = ''] = await pull({ ...database.source, table: 'texts' });
    expect(record).not.toMatch(/[\r\n]/);
    expect(JSON.parse(record)).toEqual({ name: text, empty: '' });
  });

  test('has arrays as arrays, and JSON as it is stored but for line breaks between its values', async () => {
    const stored = '{"b": 1.10,\r\n "a":\n\n[1e2, "x\\ny"], "b": 12345678901234567890}';
    const select = `select array[1, null, 3] as list, '${stored}'::json as json, '{"a": 1.10}'::jsonb as jsonb`;
    expect(await recordOf(select)).toBe(
      `{"list":[1,null,3],"json":${stored.replaceAll(/[\r\n]/g, ' ')},"jsonb":{"a": 1.10}}`,
    );
  });

  test('has all its fields when all are NULL', async () => {
    expect(await recordOf('select null::text as a, null::int as b')).toBe('{"a":null,"b":null}');
  });

  test('has the columns that the source names, whatever they are called', async () => {
    await database.run(`create table shop."odd "" table" ("order" int, "x""; drop" text, secret text)`);
    await database.run(`insert into shop."odd "" table" values (1, 'one', 's')`);
    await database.run(`grant select ("order", "x""; drop") on shop."odd "" table" to puller`);
    const source = { ...database.source, table: 'odd " table', columns: ['x"; drop', 'order'] };
    expect(await pull({ ...source, order_by: ['order'] })).toEqual([
      String.raw`{"x\"; drop":"one","order":1}`,
    ]);
  });
});

describe('a pull', () => {
  test('has an order, also by a column that is not pulled', async () => {
    await database.table(
      'ordered',
      `select n, 'n' || n as name, n % 3 as third from generate_series(1, 5000) as n order by md5(n::text)`,
    );
    const source = { ...database.source, table: 'ordered', columns: ['name'], order_by: ['third', 'n'] };
    const numbers = Array.from({ length: 5000 }, (_, at) => at + 1);
    const expected = [0, 1, 2].flatMap((third) => numbers.filter((n) => n % 3 === third).map((n) => `n${n}`));
    expect(namesOf(await pull(source))).toEqual(expected);
  });

  test.each(['timestamp', 'timestamptz', 'date'])('has the days of its window, by a %s', async (type) => {
    const table = `of_${type}`;
    await database.table(
      table,
      `select at::${type} as at, at as name from (values ('2023-12-31 23:59:59.999999'), ('2024-01-01 00:00:00'),
        ('2024-01-31 00:00:00'), ('2024-01-31 23:59:59.999999'), ('2024-02-01 00:00:00'), (null)) as v (at)`,
    );
    const source = { ...database.source, table, window_column: 'at', order_by: ['at'] };
    const kept = ['2024-01-01 00:00:00', '2024-01-31 00:00:00', '2024-01-31 23:59:59.999999'];
    expect(namesOf(await pull(source))).toEqual([...kept, null]);
    expect(namesOf(await pull(source, { from: '2024-02-29', to: '2024-02-29' }))).toEqual([null]);
  });

  test('gives the days of its window to a query', async () => {
    const query = `select day::date::text as name from generate_series({from}, {to}, interval '15 days') as day
      where day < {after} -- the last line may be a comment`;
    const source = { ...database.source, query, order_by: ['name'] };
    expect(namesOf(await pull(source))).toEqual(['2024-01-01', '2024-01-16', '2024-01-31']);
  });

  test('may be empty', async () => {
    await database.table('nothing', `select 1 as n where false`);
    expect(await pull({ ...database.source, table: 'nothing' })).toEqual([]);
  });

  test('sees one snapshot, whatever is written meanwhile', async () => {
    await database.table('moving', `select n, 'old' as name from generate_series(1, 3000) as n`);
    const { pages } = await sources().open(
      { ...database.source, table: 'moving', order_by: ['n'], page_rows: 100 },
      january,
    );
    await database.run(`insert into shop.moving values (0, 'new'), (3001, 'new')`);
    const all: string[] = [];
    for await (const page of pages) {
      if (all.length === 0) await database.run(`update shop.moving set name = 'changed'`);
      if (all.length === 100) await database.run('delete from shop.moving where n % 2 = 0');
      all.push(...page);
    }
    expect(all).toHaveLength(3000);
    expect(new Set(namesOf(all))).toEqual(new Set(['old']));
  });

  test('cannot write, even as a user who may', async () => {
    await database.table('written', 'select 0 as n');
    await database.run(`create function shop.write() returns int language sql as $$
      insert into shop.written values (1) returning n $$`);
    await database.run('grant insert on shop.written to puller');
    const failure = await failureOf(pull({ ...database.source, query: 'select shop.write() as n' }));
    expect(failure.message).toContain('read-only transaction');
    await database.run(`create function shop.unlock() returns text language sql as $$
      select set_config('transaction_read_only', 'off', false) $$`);
    const query = `select shop.unlock() as a, shop.write() as n`;
    expect((await failureOf(pull({ ...database.source, query }))).message).toContain('read-write mode');
    expect((await database.run('select count(*)::int as n from shop.written')).rows).toEqual([{ n: 1 }]);
  });

  test('finds PostgreSQL’s own functions, not those that a user put before them', async () => {
    await database.run(`create function public.now() returns text language sql as $$ select 'forged' $$`);
    await database.run('alter role puller set search_path = public, pg_catalog');
    const query = 'select pg_typeof(now())::text as name';
    expect(namesOf(await pull({ ...database.source, query }))).toEqual(['timestamp with time zone']);
    await database.run('alter role puller reset all; drop function public.now()');
  });

  test('leaves the session as it was, for others who get it from a pooler', async () => {
    const { source } = database;
    await database.run(`alter role puller set timezone = 'Asia/Tokyo'`);
    const session = await openSession(source, 'puller', password);
    const names = [
      'default_transaction_read_only',
      'search_path',
      'statement_timeout',
      'timezone',
      'row_security',
    ];
    const set = async () => {
      const values: unknown[] = [];
      for (const name of names) values.push(...(await session.ask({ sql: `show ${name}` })));
      return values.flat();
    };
    const before = await set();
    await beginReading(session, source);
    expect(await set()).toEqual(['on', 'pg_catalog, pg_temp', '20s', 'UTC', 'off']);
    await session.ask({ sql: 'commit' });
    expect(await set()).toEqual(before);
    expect(before).toEqual(['off', '"$user", public', '0', 'Asia/Tokyo', 'on']);
    await closeSession(session);
    await database.run('alter role puller reset all');
  });

  test('is known to the server by its name and ends its session', async () => {
    await database.table('named', `select 'x' as name`);
    const sessions = `select count(*)::int as n from pg_stat_activity where application_name = 'soundcheck'`;
    const { pages } = await sources().open({ ...database.source, table: 'named' }, january);
    expect((await database.run(sessions)).rows).toEqual([{ n: 1 }]);
    for await (const page of pages) expect(page).toHaveLength(1);
    await expect.poll(async () => (await database.run(sessions)).rows).toEqual([{ n: 0 }]);
  });

  test('ends its session when nobody reads on, or begins to', async () => {
    await database.table('long', `select n, repeat('x', 10000) as name from generate_series(1, 3000) as n`);
    const sessions = `select count(*)::int as n from pg_stat_activity where application_name = 'soundcheck'`;
    const source = { ...database.source, table: 'long' };
    const left = await sources().open(source, january);
    for await (const page of left.pages) if (page.length > 0) break;
    const unread = await sources().open(source, january);
    await unread.pages[Symbol.asyncIterator]().return?.();
    await expect.poll(async () => (await database.run(sessions)).rows).toEqual([{ n: 0 }]);
  });
});

describe('the identity of a server', () => {
  test('is its system identifier, which a user without further rights may read', async () => {
    await database.table('one', 'select 1 as n');
    const { rows } = await database.run('select system_identifier::text as id from pg_control_system()');
    const { identity, pages } = await sources().open({ ...database.source, table: 'one' }, january);
    expect(identity).toBe(rows[0]?.id);
    await pages[Symbol.asyncIterator]().return?.();
  });

  test('is another one for another cluster', async () => {
    const other = await openDatabase();
    try {
      await other.table('one', 'select 1 as n');
      const identities = [database, other].map(async ({ source }) => {
        const { identity, pages } = await sources().open({ ...source, table: 'one' }, january);
        await pages[Symbol.asyncIterator]().return?.();
        return identity;
      });
      const [one, another] = await Promise.all(identities);
      expect(one).toMatch(/^\d{15,}$/);
      expect(another).toMatch(/^\d{15,}$/);
      expect(one).not.toBe(another);
    } finally {
      await other.close();
    }
  });

  test('is left out where the user may not ask', async () => {
    await database.run('revoke execute on function pg_control_system() from public');
    const { identity, pages } = await sources().open({ ...database.source, table: 'one' }, january);
    expect(identity).toBeUndefined();
    for await (const page of pages) expect(page).toEqual(['{"n":1}']);
    await database.run('grant execute on function pg_control_system() to public');
  });
});

describe('memory', () => {
  /** Bytes of JavaScript's heap and of buffers beside it. */
  const used = (): number => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };

  test('is flat over 200,000 rows', async () => {
    await database.table(
      'many',
      `select n, repeat(md5(n::text), 30) as name from generate_series(1, 200000) as n`,
    );
    const { pages } = await sources().open({ ...database.source, table: 'many', page_rows: 2_000 }, january);
    let [rows, sum, most] = [0, 0, 0];
    const before = used();
    for await (const page of pages) {
      for (const record of page) sum += JSON.parse(record).n;
      rows += page.length;
      most = Math.max(most, used() - before);
    }
    expect([rows, sum]).toEqual([200_000, 20_000_100_000]);
    // The rows are 200 MB together.
    expect(most).toBeLessThan(100 * 2 ** 20);
  });

  test('is bounded by the bytes of a page where rows are large', async () => {
    await database.table('large', `select n, repeat('x', 1000000) as name from generate_series(1, 300) as n`);
    const { pages } = await sources().open({ ...database.source, table: 'large', page_rows: 1_000 }, january);
    const [lengths, numbers]: [number[], number[]] = [[], []];
    let most = 0;
    const before = used();
    for await (const page of pages) {
      // The server could send much more meanwhile.
      if (lengths.length < 3) await wait(300);
      lengths.push(page.reduce((all, record) => all + record.length, 0));
      numbers.push(...page.map((record) => JSON.parse(record).n));
      most = Math.max(most, used() - before);
    }
    expect(numbers).toEqual(Array.from({ length: 300 }, (_, at) => at + 1));
    expect(Math.max(...lengths)).toBeLessThan(6 * 2 ** 20);
    // They are 300 MB together; what is read and not yet collected is about 130.
    expect(most).toBeLessThan(220 * 2 ** 20);
  });
});
