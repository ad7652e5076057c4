import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDynamo } from '../../../../local/cloud/dynamo/dynamo.ts';

const table = {
  logicalId: 'Table',
  name: 'table',
  attributes: [{ AttributeName: 'pk', AttributeType: 'S' }],
  key: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  indexes: [],
};

test('creates tables once and finds them again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'dynamo-'));
  for (let time = 0; time < 2; time++) {
    const dynamo = await openDynamo(directory);
    await dynamo.createTables([table]);
    await dynamo.createTables([table]);
    await dynamo.close();
  }
  await rm(directory, { recursive: true });
});

test('says which table cannot be created', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'dynamo-'));
  const dynamo = await openDynamo(directory);
  await expect(dynamo.createTables([{ ...table, key: [] }])).rejects.toThrow(/table table cannot be created/);
  await dynamo.close();
  await rm(directory, { recursive: true });
});
