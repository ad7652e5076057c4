import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type Server, type ServerResponse } from 'node:http';
import Module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { convertLevel } from '../level-state.ts';
import type { ReadRequest } from '../read-body.ts';
import type { Retention } from '../retention/retention.ts';
import { openStore, type Store } from '../store/index.ts';
import type { Table } from '../template/deployment.ts';
import { lockWith, withStore } from './dynalite.ts';
import { applySetting, expiryOperations } from './expiry/operations.ts';
import { itemRetention } from './expiry/retention.ts';
import { openSettings } from './expiry/settings.ts';
import { trackExpiry } from './expiry/tracking.ts';
import { speedUpParsers } from './expressions.ts';
import { limitDynalite } from './limits.ts';
import { openOperations } from './operations.ts';
import { StoreLevel } from './store-level.ts';
import { transactionOperations } from './transactions/operations.ts';
import { openTokens } from './transactions/tokens.ts';
import { openLock } from './waiting-lines.ts';

export type LocalDynamo = {
  /** Answers one request of DynamoDB's wire protocol; rejects with an error of this machine. */
  handle(request: ReadRequest, response: ServerResponse): Promise<void>;
  /** Creates missing tables; items of each expire as it says. */
  createTables(tables: readonly Table[]): Promise<void>;
  /** Deletes expired items. */
  readonly retention: Retention;
  /** Closes after all writes; call it after the last request. */
  close(): Promise<void>;
};

type Dynalite = (options: {
  /** Passed to `Level`. */
  path: Store;
  createTableMs: number;
  deleteTableMs: number;
  updateTableMs: number;
}) => Server;

const require = createRequire(import.meta.url);
// Dynalite asks `level` for its database once, while it is loaded. So LevelDB itself is not loaded.
const level = createRequire(require.resolve('dynalite')).resolve('level');
const asked = require.cache[level];
require.cache[level] = Object.assign(new Module(level), { loaded: true, exports: { Level: StoreLevel } });
const dynalite: Dynalite = require('dynalite');
if (asked) require.cache[level] = asked;
else delete require.cache[level];
limitDynalite();
lockWith(openLock);
speedUpParsers(import.meta.url);

/**
 * Opens the embedded DynamoDB on the store `<path>.db`. It can close its database only as a server, so it listens on a socket; the socket's
 * folder is private to this user, because the server answers everybody who reaches it, even web pages.
 */
export const openDynamo = async (path: string, now: () => number = Date.now): Promise<LocalDynamo> => {
  const entries = openStore(`${path}.db`);
  await convertLevel(path, entries);
  const { opened: server, store } = withStore(() =>
    dynalite({ path: entries, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'soundcheck-'));
  const socket = join(folder, 'dynamo');
  await listen(server, socket);
  const call = caller(socket);
  const settings = await openSettings(store);
  trackExpiry(store, settings);
  const tokens = await openTokens(store, now);
  const answer = openOperations(store, {
    ...expiryOperations(store, settings),
    ...transactionOperations(store, settings, tokens),
  });
  return {
    handle: async (request, response) => {
      const answered = answer(request, response);
      if (!answered) server.emit('request', replay(request), response);
      await answered;
    },
    createTables: async (tables) => {
      await Promise.all(tables.map((table) => createTable(call, table)));
      for (const { name, expiresBy } of tables) await applySetting(settings, name, expiresBy);
    },
    retention: itemRetention(store, settings),
    close: async () => {
      await new Promise<void>((resolve, reject) => {
        server.close((cause) => (cause ? reject(cause) : resolve()));
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });

/** A request that breaks off in its body would stop the embedded server; so the body is read before. */
const replay = ({ body, ...head }: ReadRequest): Readable => Object.assign(Readable.from([body]), head);

type Call = (operation: string, input: object) => Promise<{ ok: boolean; body: Record<string, unknown> }>;

const caller =
  (socketPath: string): Call =>
  (operation, input) =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': '20000101T000000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=none',
        connection: 'close',
      };
      const request = httpRequest({ socketPath, method: 'POST', headers }, (response) => {
        json(response).then(
          (body) => resolve({ ok: response.statusCode === 200, body: body as Record<string, unknown> }),
          reject,
        );
      });
      request.once('error', reject).end(JSON.stringify(input));
    });

const createTable = async (call: Call, table: Table): Promise<void> => {
  const { ok, body } = await call('CreateTable', {
    TableName: table.name,
    AttributeDefinitions: table.attributes,
    KeySchema: table.key,
    BillingMode: 'PAY_PER_REQUEST',
    ...(table.indexes.length === 0 ? {} : { GlobalSecondaryIndexes: table.indexes }),
  });
  const isThere = String(body.__type).endsWith('ResourceInUseException');
  if (!ok && !isThere) throw new Error(`The table ${table.name} cannot be created: ${JSON.stringify(body)}`);
  while (!(await isActive(call, table.name))) await wait(5);
};

const isActive = async (call: Call, TableName: string): Promise<boolean> => {
  const { body } = await call('DescribeTable', { TableName });
  return (body.Table as { TableStatus?: string } | undefined)?.TableStatus === 'ACTIVE';
};
