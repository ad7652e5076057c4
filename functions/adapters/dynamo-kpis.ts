import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
} from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import type { KpiItem, Kpis } from '../domain/ports.ts';
import { bounded } from './bounded.ts';
import { untilDone } from './until-done.ts';

type Write = { PutRequest: { Item: KpiItem } } | { DeleteRequest: { Key: { pk: string; sk: string } } };

/** The KPI table. Batches are sent 25 at a time; what DynamoDB leaves undone is sent again with growing, jittered pauses. */
export const dynamoKpis = (table: string): Kpis => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(bounded), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const send = async (writes: readonly Write[]): Promise<void> => {
    const left = await untilDone(writes, async (some) => {
      const answer = await client.send(new BatchWriteCommand({ RequestItems: { [table]: some } }));
      return (answer.UnprocessedItems?.[table] ?? []) as Write[];
    });
    if (left.length > 0) throw new Error(`${table} did not take ${left.length} KPI items`);
  };
  const sendAll = async (writes: readonly Write[]): Promise<void> => {
    const chunks = Array.from({ length: Math.ceil(writes.length / 25) }, (_, i) =>
      writes.slice(i * 25, i * 25 + 25),
    );
    await pLimit(4).map(chunks, send);
  };
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
            Item: item,
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
  };
};
