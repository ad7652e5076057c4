import { connect, createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PostgresSettings } from '../../../functions/adapters/postgres-settings.ts';
import type { SourceFailed } from '../../../functions/sources/index.ts';
import { type Database, failureOf, january, openDatabase, password, pull, sources } from './database.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
  await database.table('songs', `select n, repeat('s', 500) as name from generate_series(1, 20000) as n`);
});
afterAll(() => database?.close());

/** What a failure shows to whoever logs it, with all that hangs on it. */
const shown = (failure: unknown): string =>
  inspect(failure, { depth: 20, showHidden: true, maxStringLength: null });

describe('a connection that breaks in the middle', () => {
  /** Reads 2,000 of the rows, lets something happen, and reads on; returns the rows read and the failure. */
  const interrupt = async (
    { source }: Database,
    meanwhile: () => Promise<unknown>,
    changes: Partial<PostgresSettings> = {},
  ): Promise<{ rows: number; failure: SourceFailed }> => {
    let rows = 0;
    const read = async (): Promise<void> => {
      const { pages } = await sources().open({ ...source, ...changes } as PostgresSettings, january);
      for await (const page of pages) {
        rows += page.length;
        if (rows === 2_000) await meanwhile();
      }
    };
    return { failure: await failureOf(read()), rows };
  };
  const puller = `from pg_stat_activity where usename = 'puller'`;

  test('fails the pull when an administrator ends the session', async () => {
    const { rows, failure } = await interrupt(database, () =>
      database.run(`select pg_terminate_backend(pid, 5000) ${puller}`),
    );
    expect(failure.reason).toBe(
      `PostgreSQL: ` + 'terminating connection due to administrator command; pull again later',
    );
    expect(failure.facts).toEqual({
      host: '127.0.0.1',
      port: database.server.port,
      database: 'postgres',
      rows: 2_000,
    });
    expect(failure.cause).toMatchObject({ code: '57P01' });
    expect(rows).toBe(2_000);
  });

  test('fails the pull in the middle of a statement', async () => {
    const end = () => database.run(`select pg_terminate_backend(pid) ${puller}`);
    const query = 'select n, pg_sleep(case when n > 2000 then 0.001 else 0 end) as s from shop.songs';
    const { failure, rows } = await interrupt(
      database,
      async () => {
        setTimeout(end, 300);
      },
      { query } as Partial<PostgresSettings>,
    );
    expect(failure.message).toContain('terminating connection due to administrator command');
    expect(rows).toBe(2_000);
  });

  test('fails the pull when the server crashes and starts again; the next pull has all rows', async () => {
    const crash = async (): Promise<void> => {
      const { rows } = await database.run(`select pid ${puller}`);
      process.kill(Number(rows[0]?.pid), 'SIGKILL');
    };
    const { failure, rows } = await interrupt(database, crash);
    expect(failure.message).toContain('rows 2000');
    expect(rows).toBe(2_000);
    const again = async (): Promise<number> => (await pull(database.source)).length;
    await expect.poll(() => again().catch(String), { timeout: 30_000, interval: 200 }).toBe(20_000);
  });

  test('fails the pull when the server is stopped', async () => {
    const other = await openDatabase();
    await other.table('songs', `select n, repeat('s', 500) as name from generate_series(1, 20000) as n`);
    const { failure, rows } = await interrupt(other, () => other.server.stop());
    expect(failure.message).toContain('terminating connection due to administrator command');
    expect(rows).toBe(2_000);
    const found = await failureOf(pull(other.source));
    expect(found.message).toMatch(/ECONNREFUSED.*; check host and port/);
    await other.close();
  });

  test('fails the pull when the reader is slower than the server waits', async () => {
    const idle_ms = 1_000;
    const { failure, rows } = await interrupt(
      database,
      () => new Promise((resolve) => setTimeout(resolve, 2_500)),
      { timeouts: { ...database.source.timeouts, idle_ms } },
    );
    expect(failure.message).toMatch(/idle-in-transaction timeout; raise timeouts.idle_ms/);
    expect(rows).toBe(2_000);
  });
});

describe('a server', () => {
  test('that is slower than a statement may take fails the pull', async () => {
    const timeouts = { ...database.source.timeouts, statement_ms: 200 };
    const query = 'select n, pg_sleep(0.01) as s from shop.songs';
    const failure = await failureOf(pull({ ...database.source, query, timeouts }));
    expect(failure.message).toMatch(/statement timeout; raise timeouts.statement_ms/);
  });

  test('may take that long for each page', async () => {
    const timeouts = { ...database.source.timeouts, statement_ms: 2_000 };
    const query = 'select n, pg_sleep(0.02) as s from shop.songs where n <= 150';
    expect(await pull({ ...database.source, query, timeouts, page_rows: 10 })).toHaveLength(150);
  });

  describe('behind a network that fails', () => {
    /** How the network treats connections. */
    let network: 'forwards' | 'holds';
    let proxy: Server;
    let port: number;
    let carried = 0;
    const open = new Set<Socket>();
    beforeAll(async () => {
      proxy = createServer((near) => {
        const far = connect(database.server.port, '127.0.0.1');
        const forward = (from: Socket, to: Socket): void => {
          open.add(from);
          from.on('data', (bytes) => {
            if (network === 'holds') return;
            carried += bytes.length;
            to.write(bytes);
          });
          from.on('error', () => undefined).on('close', () => to.destroy());
        };
        forward(near, far);
        forward(far, near);
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const address = proxy.address();
      port = typeof address === 'object' && address ? address.port : 0;
    });
    afterAll(() => {
      cut();
      proxy.close();
    });
    const cut = (reset = false): void => {
      for (const socket of open) if (reset) socket.resetAndDestroy();
      for (const socket of open) socket.destroy();
    };
    const quick = { connect_ms: 10_000, statement_ms: 1_000, idle_ms: 20_000 };

    test('does not send the whole of a record that is too long', async () => {
      network = 'forwards';
      carried = 0;
      const query = `select repeat('x', 20000000) as name`;
      const failure = await failureOf(pull({ ...database.source, port, query, max_record_bytes: 1_000 }));
      expect(failure.message).toContain('row 1 is longer than max_record_bytes');
      expect(carried).toBeGreaterThan(1_000);
      expect(carried).toBeLessThan(20_000);
    });

    test('is given up when it never answers', async () => {
      network = 'holds';
      const timeouts = { ...quick, connect_ms: 200 };
      const failure = await failureOf(pull({ ...database.source, port, timeouts }));
      expect(failure.message).toMatch(/timeout expired; check host and port/);
    });

    test.each<[string, () => void, RegExp]>([
      ['answers no more', () => undefined, /the server sent nothing for 6000 ms; pull again later/],
      ['closes', () => cut(), /Connection terminated unexpectedly; pull again later/],
      ['is reset', () => cut(true), /ECONNRESET; pull again later/],
    ])('fails the pull when it %s in the middle', async (_, happen, words) => {
      network = 'forwards';
      let rows = 0;
      const read = async (): Promise<void> => {
        const source = { ...database.source, port, timeouts: quick };
        const { pages } = await sources().open(source, january);
        for await (const page of pages) {
          rows += page.length;
          if (rows < 2_000) continue;
          network = 'holds';
          setTimeout(happen, 50);
        }
      };
      const failure = await failureOf(read());
      expect(failure.message).toMatch(words);
      expect(failure.facts).toMatchObject({ rows: 2_000 });
      expect(rows).toBe(2_000);
    });
  });

  test('that is not there fails the pull', async () => {
    const failure = await failureOf(pull({ ...database.source, host: 'database.invalid' }));
    expect(failure.message).toMatch(/database\.invalid.*; check host and port/);
    const found = await failureOf(pull({ ...database.source, host: 'localhost', port: 1 }));
    expect(found.message).toMatch(/ECONNREFUSED.*; check host and port.* rows 0\)/);
  });

  test('whose texts have no encoding fails the pull', async () => {
    await database.run(
      `create database bytes encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0`,
    );
    const failure = await failureOf(pull({ ...database.source, database: 'bytes' }));
    expect(failure.message).toContain('SQL_ASCII');
  });
});

describe('a user', () => {
  test('with a wrong password hears of it, and never sees it', async () => {
    const { source } = database;
    const failure = await failureOf(sources('wrong-password-1').open(source, january));
    expect(failure.reason).toBe(
      `PostgreSQL: password authentication failed for user "puller"; ` +
        'check that the secret has the password of the user puller, and pg_hba.conf',
    );
    expect(shown(failure)).not.toContain('wrong-password-1');
  });

  test('logs in with a secret as RDS keeps it', async () => {
    const { user: _, ...source } = database.source;
    const secret = JSON.stringify({ username: 'puller', password, host: 'elsewhere' });
    const { pages } = await sources(secret).open({ ...source, page_rows: 20_000 }, january);
    let rows = 0;
    for await (const page of pages) rows += page.length;
    expect(rows).toBe(20_000);
    const failure = await failureOf(sources(password).open(source, january));
    expect(failure.message).toContain('the source has no user');
    const incomplete = await failureOf(sources('{"username":"puller"}').open(source, january));
    expect(incomplete.message).toContain('add the key password');
  });

  test('without permission hears which', async () => {
    await database.run('create table shop.hidden as select 1 as n');
    const failure = await failureOf(pull({ ...database.source, table: 'hidden' }));
    expect(failure.message).toMatch(/permission denied for table hidden; let puller read it: grant/);
    expect(failure.cause).toMatchObject({ code: '42501' });
    const inSystem = await failureOf(
      pull({ ...database.source, query: 'select * from pg_catalog.pg_authid' }),
    );
    expect(inSystem.message).toContain('permission denied');
  });

  test('whose rows a policy would hide gets none of them', async () => {
    await database.table('guarded', 'select n from generate_series(1, 10) as n');
    await database.run(`alter table shop.guarded enable row level security;
      create policy few on shop.guarded using (n < 3)`);
    const failure = await failureOf(pull({ ...database.source, table: 'guarded' }));
    expect(failure.message).toMatch(/row-level security.*row security must not hide rows/);
  });

  test.each<[string, Partial<PostgresSettings>, RegExp]>([
    ['table', { table: 'sungs' }, /relation "shop.sungs" does not exist; check schema and table/],
    ['schema', { schema: 'shap' }, /"shap.songs" does not exist; check schema/],
    ['database', { database: 'shap' }, /database "shap" does not exist; check database/],
    ['column', { columns: ['n', 'nome'] }, /nome does not exist; check columns/],
    ['order', { order_by: ['nome'] }, /nome does not exist; check columns, order_by/],
    ['type of the window column', { window_column: 'name' }, /; check the query, and that window_column is/],
    ['query', { query: 'select 1; drop table shop.songs' } as Partial<PostgresSettings>, /; check query/],
    [
      'name without its schema',
      { query: 'select * from songs' } as Partial<PostgresSettings>,
      /each name needs its schema/,
    ],
    [
      'query with a column twice',
      { query: 'select n, name as n from shop.songs' } as Partial<PostgresSettings>,
      /two columns named n/,
    ],
  ])('with a wrong %s hears what to check', async (_, changes, words) => {
    const failure = await failureOf(pull({ ...database.source, ...changes } as PostgresSettings));
    expect(failure.message).toMatch(words);
  });

  test('whose secret cannot be read hears which', async () => {
    const { postgresSource } = await import('../../../functions/adapters/postgres-source.ts');
    const denied = new Error('AccessDenied');
    const secrets = { read: () => Promise.reject(denied) };
    const adapter = postgresSource({ secrets });
    const failure = await failureOf(adapter.open(database.source, january));
    expect(failure.message).toContain('arn:aws:secretsmanager:eu-west-1:1:secret:shop');
    expect(failure.cause).toBe(denied);
  });
});

describe('a record', () => {
  test('that is too long fails the pull and is named by its row', async () => {
    await database.table(
      'uneven',
      `select n, repeat('ä', case n when 777 then 50000 else 1 end) as name
      from generate_series(1, 1000) as n`,
    );
    const source = { ...database.source, table: 'uneven', order_by: ['n'], max_record_bytes: 60_000 };
    const failure = await failureOf(pull(source));
    expect(failure.message).toContain('row 777 is longer than max_record_bytes, 60000 bytes');
    expect(failure.facts).toMatchObject({ rows: 777 });
  });

  test('may have exactly as many bytes as are allowed', async () => {
    const source = { ...database.source, query: `select repeat('ä', 500) as a` };
    const [record = ''] = await pull(source);
    const bytes = Buffer.byteLength(record);
    expect(await pull({ ...source, max_record_bytes: bytes })).toEqual([record]);
    expect((await failureOf(pull({ ...source, max_record_bytes: bytes - 1 }))).message).toContain(
      'row 1 is longer',
    );
  });

  test('is not quoted when a value of it is an error', async () => {
    const query = `select name::int as n from (values ('1'), ('personal')) as v (name)`;
    const failure = await failureOf(pull({ ...database.source, query }));
    expect(failure.message).toContain('an error in the data, SQLSTATE 22P02');
    expect(shown(failure)).not.toContain('personal');
  });
});
