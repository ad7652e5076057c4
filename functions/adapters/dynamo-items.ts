import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { bounded } from './bounded.ts';
import { Unfinished, untilDone } from './until-done.ts';

export type Key = { readonly pk: string; readonly sk: string };
export type Item = Key & Readonly<Record<string, unknown>>;
/** From one sort key to another. */
export type Range = { readonly from: string; readonly to: string };
type Attributes = Readonly<Record<string, unknown>>;

/**
 * Single-item reads and conditional writes of one table; a write that is retried after a lost answer recognizes its own first
 * try.
 */
export type Items = ReturnType<typeof dynamoItems>;

export const dynamoItems = (TableName: string) => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(bounded), {
    marshallOptions: { removeUndefinedValues: true },
  });

  const get = async (Key: Key): Promise<Item | undefined> => {
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item as Item | undefined;
  };

  /** A failed condition may be caused by our own first try: its mark tells. */
  const wrote = async (key: Key, mark: string): Promise<boolean> => (await get(key))?.mark === mark;

  const unlessRejected = async (key: Key, mark: string, write: Promise<unknown>): Promise<boolean> => {
    try {
      await write;
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return wrote(key, mark);
      throw error;
    }
  };

  return {
    get,

    /** Items of one partition in order of `sk`, optionally of a range, both ends included. */
    query: async (pk: string, range?: Range): Promise<Item[]> => {
      const found: Item[] = [];
      const input = {
        TableName,
        KeyConditionExpression: `pk = :pk${range ? ' AND sk BETWEEN :from AND :to' : ''}`,
        ExpressionAttributeValues: { ':pk': pk, ...(range && { ':from': range.from, ':to': range.to }) },
        ConsistentRead: true,
      };
      for await (const page of paginateQuery({ client }, input))
        found.push(...((page.Items ?? []) as Item[]));
      return found;
    },

    /** Those of the items that exist, in any order. */
    getAll: async (keys: readonly Key[]): Promise<Item[]> => {
      const found: Item[] = [];
      const ask = async (Keys: Key[]): Promise<Key[]> => {
        const RequestItems = { [TableName]: { Keys, ConsistentRead: true } };
        const answer = await client.send(new BatchGetCommand({ RequestItems }));
        found.push(...((answer.Responses?.[TableName] ?? []) as Item[]));
        return (answer.UnprocessedKeys?.[TableName]?.Keys ?? []) as Key[];
      };
      for (let start = 0; start < keys.length; start += 100) {
        const left = await untilDone(keys.slice(start, start + 100), ask);
        if (left.length > 0) throw new Unfinished(`${TableName} did not return ${left.length} items`);
      }
      return found;
    },

    /** Puts an item if there is none; false if there is one. */
    putNew: (item: Item): Promise<boolean> => {
      const mark = randomUUID();
      const Item = { ...item, mark };
      const put = new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' });
      return unlessRejected({ pk: item.pk, sk: item.sk }, mark, client.send(put));
    },

    put: async (Item: Item): Promise<void> => {
      await client.send(new PutCommand({ TableName, Item }));
    },

    /** Sets attributes (undefined removes one) if the item is as expected; an expected undefined means absent. */
    update: (key: Key, expected: Attributes, patch: Attributes): Promise<boolean> => {
      const mark = randomUUID();
      return unlessRejected(
        key,
        mark,
        client.send(new UpdateCommand({ TableName, Key: key, ...expressions(expected, { ...patch, mark }) })),
      );
    },

    remove: async (Key: Key): Promise<void> => {
      await client.send(new DeleteCommand({ TableName, Key }));
    },
  };
};

const expressions = (expected: Attributes, patch: Attributes) => {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const name = (attribute: string): string => {
    names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  };
  const value = (prefix: string, attribute: string, given: unknown): string => {
    values[`:${prefix}_${attribute}`] = given;
    return `:${prefix}_${attribute}`;
  };
  const conditions = Object.entries(expected).map(([attribute, given]) =>
    given === undefined
      ? `attribute_not_exists(${name(attribute)})`
      : `${name(attribute)} = ${value('is', attribute, given)}`,
  );
  const entries = Object.entries(patch);
  const sets = entries
    .filter(([, given]) => given !== undefined)
    .map(([attribute, given]) => `${name(attribute)} = ${value('to', attribute, given)}`);
  const removes = entries.filter(([, given]) => given === undefined).map(([attribute]) => name(attribute));
  return {
    ConditionExpression: conditions.join(' AND '),
    UpdateExpression: [
      `SET ${sets.join(', ')}`,
      removes.length > 0 ? `REMOVE ${removes.join(', ')}` : '',
    ].join(' '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
};
