import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDynamo } from '../../../local/cloud/dynamo/dynamo.ts';
import { type Laptop, openLaptop } from './laptop.ts';

export const tableName = 'items';

/** The laptop's DynamoDB with one empty table of `pk` and `sk`. */
export const openTable = async (): Promise<Laptop> => {
  const directory = await mkdtemp(join(tmpdir(), 'items-'));
  const dynamodb = await openDynamo(directory);
  await dynamodb.createTables([
    {
      logicalId: 'Items',
      name: tableName,
      attributes: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      key: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      indexes: [],
    },
  ]);
  const laptop = await openLaptop({ dynamodb });
  return {
    ...laptop,
    close: async () => {
      await laptop.close();
      await dynamodb.close();
      await rm(directory, { recursive: true });
    },
  };
};
