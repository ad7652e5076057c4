import { QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { itemsTable, type LaptopTables, startTables } from './laptop-tables.ts';

const TableName = 'items';
/** Two of them have less than a megabyte in UTF-8, three have more; as characters, five have less. */
const wide = 'é'.repeat(180_000);

let tables: LaptopTables;
beforeAll(async () => {
  tables = await startTables([itemsTable]);
  for (const pk of ['a', 'b', 'c', 'd'])
    await tables.put(pk, {
      owner: { S: 'me' },
      texts: { L: [{ M: { text: { S: wide } } }] },
      even: { BOOL: pk > 'b' },
    });
});
afterAll(() => tables.close());

/** Reads all pages; answers the number of items that each page has read, and the keys that it gave. */
const pagesOf = async (read: 'query' | 'scan', more: object = {}) => {
  const pages: [number | undefined, number | undefined][] = [];
  let ExclusiveStartKey: ScanCommand['input']['ExclusiveStartKey'];
  do {
    const page = { TableName, ExclusiveStartKey, ...more };
    const answer = await (read === 'scan'
      ? tables.client.send(new ScanCommand(page))
      : tables.client.send(
          new QueryCommand({
            ...page,
            ...{ IndexName: 'by_owner', KeyConditionExpression: '#owner = :me' },
            ExpressionAttributeNames: { '#owner': 'owner' },
            ExpressionAttributeValues: { ':me': { S: 'me' } },
          }),
        ));
    pages.push([answer.ScannedCount, answer.Count]);
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return pages;
};

describe.each(['scan', 'query'] as const)('a page of a %s', (read) => {
  test('ends after a megabyte of UTF-8', async () => {
    expect(await pagesOf(read)).toEqual([
      [3, 3],
      [1, 1],
    ]);
  });

  test('ends at the limit of its request if that comes first', async () => {
    expect(await pagesOf(read, { Limit: 2 })).toEqual([
      [2, 2],
      [2, 2],
      [0, 0],
    ]);
    expect(await pagesOf(read, { Limit: 4 })).toEqual([
      [3, 3],
      [1, 1],
    ]);
  });
});

test('a page counts what its filter leaves out', async () => {
  const filter = { FilterExpression: 'even = :yes', ExpressionAttributeValues: { ':yes': { BOOL: true } } };
  const [first = [], second = []] = await pagesOf('scan', filter);
  expect([first[0], second[0], Number(first[1]) + Number(second[1])]).toEqual([3, 1, 2]);
});
