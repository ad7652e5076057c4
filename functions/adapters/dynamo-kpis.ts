import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  NumberValue,
  PutCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import type { Kpis } from '../pipeline/index.ts';
import { ExactNumber, numberOf } from '../values/index.ts';
import { itemSize, type KpiItem } from '../warehouse/index.ts';
import { bounded } from './bounded.ts';
import { Unfinished, untilDone } from './until-done.ts';

type Write = { PutRequest: { Item: KpiItem } } | { DeleteRequest: { Key: { pk: string; sk: string } } };

/** Most writes per request, and most bytes of their items: JSON can be ten times as large, and a request may have 16 MB. */
const mostWrites = 25;
const mostBytes = 1_500_000;

/**
 * The KPI table. Numbers keep all digits, in both directions. Batches have 25 items; items that DynamoDB leaves undone are sent
 * again after growing, jittered pauses.
 */
export const dynamoKpis = (table: string): Kpis => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(bounded), {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: { wrapNumbers: numberOf },
  });
  const send = async (writes: readonly Write[]): Promise<boolean> => {
    let isSure = true;
    const left = await untilDone(writes, async (some) => {
      const answer = await client.send(
        new BatchWriteCommand({ RequestItems: { [table]: some.map(storedWrite) } }),
      );
      isSure &&= answer.$metadata.attempts === 1;
      return (answer.UnprocessedItems?.[table] ?? []) as Write[];
    });
    if (left.length > 0) throw new Unfinished(`${table} did not store ${left.length} KPI items`);
    return isSure;
  };
  const sendAll = async (writes: readonly Write[]): Promise<boolean> =>
    (await pLimit(4).map(chunksOf(writes), send)).every(Boolean);
  return {
    get: async (pk, sk) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true }),
      );
      return Item as KpiItem | undefined;
    },
    query: async (pk) => {
      const items: KpiItem[] = [];
      const input = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ConsistentRead: true,
      };
      for await (const page of paginateQuery({ client }, input))
        items.push(...((page.Items ?? []) as KpiItem[]));
      return items;
    },
    put: (items) => sendAll(items.map((Item) => ({ PutRequest: { Item } }))),
    putIfNewer: async (item) => {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: stored(item),
            ConditionExpression: 'attribute_not_exists(seq) or seq < :seq',
            ExpressionAttributeValues: { ':seq': item.seq },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    remove: (items) => sendAll(items.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } }))),
    removeIfOlder: async ({ pk, sk, seq }) => {
      try {
        await client.send(
          new DeleteCommand({
            TableName: table,
            Key: { pk, sk },
            ConditionExpression: 'attribute_not_exists(seq) or seq < :seq',
            ExpressionAttributeValues: { ':seq': seq },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
};

const sizeOf = (write: Write): number => ('PutRequest' in write ? itemSize(write.PutRequest.Item) : 0);

const chunksOf = (writes: readonly Write[]): Write[][] => {
  const chunks: Write[][] = [];
  let bytes = 0;
  for (const write of writes) {
    const chunk = chunks.at(-1);
    const size = sizeOf(write);
    bytes += size;
    if (chunk && chunk.length < mostWrites && bytes <= mostBytes) chunk.push(write);
    else {
      chunks.push([write]);
      bytes = size;
    }
  }
  return chunks;
};

const storedWrite = (write: Write): Write =>
  'PutRequest' in write ? { PutRequest: { Item: stored(write.PutRequest.Item) } } : write;

/** The same value, with the SDK's exact numbers instead of ours. */
const stored = <Value>(value: Value): Value => asStored(value) as Value;

const asStored = (value: unknown): unknown => {
  if (value instanceof ExactNumber) return NumberValue.from(value.text);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(asStored);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, asStored(part)]));
};

/** All items of a KPI table, page by page, in no order. */
export async function* scanKpis(table: string): AsyncGenerator<KpiItem> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(bounded), {
    unmarshallOptions: { wrapNumbers: numberOf },
  });
  try {
    for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true }))
      yield* Items as KpiItem[];
  } finally {
    client.destroy();
  }
}
