import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { monthOf } from '../../functions/sources/window.ts';
import { Instance } from '../../local/cloud/functions/instance.ts';
import { sessionAt } from '../../local/generate/sessions.ts';
import { startShopDatabase } from '../../local/sources/index.ts';
import { expectSessions, type ShopLaptop, sessions, shop, startShopLaptop } from './shop-laptop.ts';

type Database = Awaited<ReturnType<typeof startShopDatabase>>;

const songs = 3_000;
const month = monthOf('2024-01-01');

let databases: readonly Database[] = [];
let folder: string;
let line: Line;
let laptop: ShopLaptop;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authority-'));
  databases = await Promise.all([5, 6].map((seed) => startShopDatabase({ seed, songs })));
  const ready = Promise.all(databases.map((database) => database.ready));
  line = await openLine();
  await pointTo(0);
  laptop = await startShopLaptop({
    SHOP_DATABASE_HOST: '127.0.0.1',
    SHOP_DATABASE_PORT: String(line.port),
    SHOP_DATABASE_CA: join(folder, 'authority.pem'),
  });
  watchRequests();
  await ready;
}, 120_000);
afterAll(async () => {
  vi.restoreAllMocks();
  Server.prototype.emit = emit;
  await laptop?.stop();
  line?.close();
  await Promise.all(databases.map((database) => database.stop()));
  await rm(folder, { recursive: true, force: true });
});

/** Makes the name of the database lead to this one. */
const pointTo = async (at: number): Promise<void> => {
  line.to(databases[at]?.port ?? 0);
  await writeFile(join(folder, 'authority.pem'), databases[at]?.authority ?? '');
};

/** A connection to whichever database is meant, as a name that is pointed to another server. */
type Line = {
  readonly port: number;
  to(port: number): void;
  /** Calls once when a connection has carried so many bytes of answers, and carries no more until that has ended. */
  afterBytes(bytes: number, call: () => Promise<void>): void;
  close(): void;
};

const openLine = async (): Promise<Line> => {
  let target = 0;
  let hold: { readonly bytes: number; readonly call: () => Promise<void> } | undefined;
  const server: TcpServer = createServer((client: Socket) => {
    const database = connect(target, '127.0.0.1');
    let carried = 0;
    client.on('error', () => database.destroy()).on('close', () => database.destroy());
    database.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(database);
    database.on('data', (bytes) => {
      client.write(bytes);
      carried += bytes.length;
      if (!hold || carried < hold.bytes) return;
      const { call } = hold;
      hold = undefined;
      database.pause();
      call().finally(() => database.resume());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    to: (port) => {
      target = port;
    },
    afterBytes: (bytes, call) => {
      hold = { bytes, call };
    },
    close: () => server.close(),
  };
};

/** What a request of a pull does, by its method and path or by the state that it writes into the ledger. */
const writes = (state: string) => (_request: string, body: string) =>
  new RegExp(`state":\\{"S":"${state}"\\}`).test(body) && body.includes('PULLS#sessions');
const steps: readonly (readonly [string, (request: string, body: string) => boolean])[] = [
  ['it is asked for', writes('asked')],
  ['it began', writes('pulling')],
  ['its records are staged', (request) => /^(PUT|POST) \/[^?]*staging\/pulls\/sessions/.test(request)],
  ['that is recorded', writes('pulled')],
  ['it is copied to landing', (request) => /^PUT \/[^?]*data\/sessions\//.test(request)],
  ['it is recorded as landed', writes('landed')],
];

let armed: ((request: string, body: string) => boolean) | undefined;
let victim: Instance | undefined;
const { emit } = Server.prototype;

/** Ends the worker of the function that pulls in place of the answer to the request that is waited for. */
const watchRequests = (): void => {
  const { invoke } = Instance.prototype;
  vi.spyOn(Instance.prototype, 'invoke').mockImplementation(function (this: Instance, event, id) {
    if (/"source":"sessions"|"id":"sessions\/2/.test(JSON.stringify(event))) victim = this;
    return invoke.call(this, event, id);
  });
  Server.prototype.emit = function (this: Server, event: string | symbol, ...given: unknown[]): boolean {
    if (event === 'request') watch(...(given as [IncomingMessage, ServerResponse]));
    return Reflect.apply(emit, this, [event, ...given]);
  } as typeof emit;
};

const watch = (request: IncomingMessage, response: ServerResponse): void => {
  const parts: Buffer[] = [];
  const tell = request.emit;
  // To listen would take the body from whoever reads it later.
  request.emit = function (this: IncomingMessage, event: string | symbol, ...given: unknown[]): boolean {
    if (event === 'data') parts.push(Buffer.from(given[0] as Buffer));
    return Reflect.apply(tell, this, [event, ...given]);
  } as typeof tell;
  const answer = response.end;
  response.end = function (this: ServerResponse, ...given: unknown[]) {
    if (!armed?.(`${request.method} ${request.url}`, Buffer.concat(parts).toString()))
      return Reflect.apply(answer, this, given);
    armed = undefined;
    victim?.end().finally(() => request.socket.destroy());
    return this;
  } as typeof answer;
};

/** As if the record had been written an hour ago. */
const age = async ({ from, to }: typeof month): Promise<void> => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient());
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  await client.send(
    new UpdateCommand({
      TableName: process.env.LEDGER_TABLE,
      Key: { pk: 'PULLS#sessions', sk: `${from}/${to}` },
      UpdateExpression: 'set asked_at = :then, started_at = :then, pulled_at = :then',
      ExpressionAttributeValues: { ':then': hourAgo },
    }),
  );
};

const found = (source: string, window = month) => laptop.ledger.pulls.find({ source, ...window });
const landed = (source: string) => laptop.files.list(`data/${source}/${source}-`);

describe('a pull whose function is killed', { timeout: 120_000 }, () => {
  const months = steps.map((_, index) => `2024-0${index + 1}`);

  test.each(steps.map(([step, fits], index) => ({ step, fits, window: monthOf(`${months[index]}-01`) })))(
    'is finished by the sweep when $step',
    async ({ fits, window }) => {
      armed = fits;
      await expect(laptop.cloud.invoke('pull-sources', { source: 'sessions', ...window })).rejects.toThrow(
        /exited/,
      );
      expect(armed).toBe(undefined);
      await age(window);
      await laptop.cloud.invoke('sweep', {});
      await vi.waitFor(
        async () => expect(await found('sessions', window)).toMatchObject({ state: 'landed' }),
        {
          timeout: 20_000,
          interval: 50,
        },
      );
    },
  );

  test('starts again at once when Lambda tries the invocation again', async () => {
    const { from, to } = monthOf('2024-07-01');
    armed = writes('pulling');
    const { code } = await laptop.soundcheck('pull', 'sessions', '--from', from, '--to', to, '--no-wait');
    expect([code, armed]).toEqual([0, undefined]);
    expect(await found('sessions', { from, to })).toMatchObject({ state: 'landed', attempt: 2 });
  });

  test('leaves each session once', async () => {
    const files = await laptop.settled('sessions');
    months.push('2024-07');
    expect(files.length).toBe(months.length);
    const all = Array.from({ length: sessions }, (_, number) => sessionAt(shop, number));
    await expectSessions(
      all.filter(({ session_start_time }) => months.includes(session_start_time.slice(0, 7))),
      months,
    );
  });
});

describe('a pull of a database', { timeout: 120_000 }, () => {
  const asAdmin = async <T>(work: (client: pg.Client) => Promise<T>, at = 0): Promise<T> => {
    const client = new pg.Client(databases[at]?.adminUrl);
    client.on('error', () => undefined);
    await client.connect();
    return work(client).finally(() => client.end());
  };

  test('fails when the server restarts during the copy, lands nothing, and starts again', async () => {
    line.afterBytes(200_000, () =>
      asAdmin(async (client) => {
        const { rows } = await client.query("select pid from pg_stat_activity where usename = 'shop_reader'");
        // The server ends all sessions and restarts when one of them is killed.
        for (const { pid } of rows) process.kill(pid, 'SIGKILL');
        expect(rows).toHaveLength(1);
      }),
    );
    expect(await laptop.pull('songs', month)).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^PostgreSQL: .*pull again later/),
      tries: 1,
      retry_at: expect.any(String),
    });
    expect(await landed('songs')).toEqual([]);
    await vi.waitFor(
      async () =>
        expect(await laptop.pull('songs', month)).toMatchObject({
          state: 'landed',
          content: { records: songs },
        }),
      { timeout: 30_000, interval: 200 },
    );
    expect(await laptop.settled('songs')).toHaveLength(1);
  });

  const expectParked = async (reason: RegExp): Promise<void> => {
    const files = await laptop.settled('songs');
    expect(await laptop.pull('songs', month)).toMatchObject({
      state: 'parked',
      reason: expect.stringMatching(reason),
    });
    // Asking again changes nothing.
    expect(await laptop.pull('songs', month)).toMatchObject({ state: 'parked' });
    expect(await laptop.settled('songs')).toEqual(files);
    const { stdout } = await laptop.soundcheck('runs', '--pulls');
    expect(stdout).toMatch(/^Needs a person:\nsongs 2024-01-01 to 2024-01-31: parked: /);
    expect(stdout).toMatch(reason);
    expect(stdout).toMatch(
      /next: if that is right, .*soundcheck pull songs --from 2024-01-01 --to 2024-01-31 --confirm/,
    );
    const confirmed = await laptop.soundcheck(
      'pull',
      'songs',
      '--from',
      month.from,
      '--to',
      month.to,
      '--confirm',
    );
    expect([confirmed.code, confirmed.stderr]).toEqual([0, expect.stringContaining('landed')]);
    expect(await laptop.settled('songs')).toHaveLength(files.length + 1);
    expect(await laptop.pull('songs', month)).toMatchObject({ state: 'landed' });
  };

  test('waits for a person when another server answers', async () => {
    await pointTo(1);
    await expectParked(/it is another server, \d+; the last pull was from \d+/);
  });

  test('waits for a person when the table has lost many rows', async () => {
    await asAdmin(
      (client) =>
        client.query('delete from deftunes.songs where ctid in (select ctid from deftunes.songs limit 500)'),
      1,
    );
    await expectParked(/it has 2500 rows, 500 fewer than the 3000 of the last pull/);
  });
});
