import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { counterTables } from './counter-tables.ts';
import { startTables } from './laptop-tables.ts';

const [, , folder = ''] = process.argv;
const { client } = await startTables(counterTables, { folder });
process.stdout.write('ready\n');

/** Each transaction writes the same number into an item of each table; it is shown when it was answered. */
for (let number = 1; ; number++) {
  await client.send(
    new TransactWriteItemsCommand({
      TransactItems: counterTables.map(({ name: TableName }) => ({
        Put: {
          TableName,
          Item: { pk: { S: 'counter' }, owner: { S: `owner-${number}` }, number: { N: String(number) } },
        },
      })),
    }),
  );
  process.stdout.write(`${number}\n`);
}
