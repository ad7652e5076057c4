import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bounded } from '../../../functions/adapters/bounded.ts';
import { patience } from '../../../functions/pipeline/records/time.ts';
import { type Laptop, openLaptop } from './laptop.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await openLaptop({});
});
afterAll(() => laptop.close());

test('gives up a call that is never answered, after so many tries', async () => {
  laptop.meddle(() => new Promise(() => {}));
  const requestHandler = { ...bounded.requestHandler, requestTimeout: 60 };
  const client = new DynamoDBClient({ ...bounded, requestHandler });
  await expect(client.send(new DescribeTableCommand({ TableName: 'items' }))).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  expect(laptop.seen).toHaveLength(bounded.maxAttempts);
  client.destroy();
});

test('ends a try within the time in which nobody takes its work up', () => {
  const { connectionTimeout, requestTimeout } = bounded.requestHandler;
  expect(connectionTimeout + requestTimeout).toBeLessThan(patience);
});
