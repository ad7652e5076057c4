import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type LocalDynamo, openDynamo } from '../../../../local/cloud/dynamo/dynamo.ts';
import type { Table } from '../../../../local/cloud/template/deployment.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** A table with the key `pk` and an index `by_owner`. */
export const itemsTable: Table = {
  logicalId: 'Items',
  name: 'items',
  attributes: ['pk', 'owner'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  key: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  indexes: [
    {
      IndexName: 'by_owner',
      KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};

export type LaptopTables = {
  readonly client: DynamoDBClient;
  /** What the gateway would write to the log. */
  readonly errors: unknown[];
  dynamo(): LocalDynamo;
  put(pk: string, item?: Record<string, AttributeValue>): Promise<void>;
  has(pk: string): Promise<boolean>;
  /** Closes the tables and opens them again with other settings. */
  reopen(tables: readonly Table[]): Promise<void>;
  close(): Promise<void>;
};

/** Opens tables in a folder, with a client; without a folder, in one that `close` removes. */
export const startTables = async (
  tables: readonly Table[],
  { folder, now }: { folder?: string; now?: () => number } = {},
): Promise<LaptopTables> => {
  const directory = folder ?? (await mkdtemp(join(tmpdir(), 'tables-')));
  let dynamo = await openDynamo(directory, now);
  await dynamo.createTables(tables);
  const errors: unknown[] = [];
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const body = await buffer(request);
    dynamo.handle({ method, url, headers, body }, response).catch((error: unknown) => {
      errors.push(error);
      response.writeHead(500).end(JSON.stringify({ __type: 'InternalFailure' }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  const TableName = 'items';
  return {
    client,
    errors,
    dynamo: () => dynamo,
    async put(pk, item = {}) {
      await client.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, ...item } }));
    },
    async has(pk) {
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } } }));
      return Item !== undefined;
    },
    async reopen(changed) {
      await dynamo.close();
      dynamo = await openDynamo(directory, now);
      await dynamo.createTables(changed);
    },
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await dynamo.close();
      if (folder === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
};
