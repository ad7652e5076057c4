import { join } from 'node:path';
import { clientEnvironment, openDynamo, openGateway, openS3, openSecrets } from '../../local/cloud/index.ts';

/** The services of the laptop cloud that a pull needs, alone in their process: nothing happens to what lands. */

const [pk, sk] = ['pk', 'sk'];
const secret = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:bench-shop-api';

const main = async (directory: string): Promise<void> => {
  const s3 = await openS3({ directory: join(directory, 's3'), onObject: () => {} });
  await s3.createBucket('lake', { versioning: true, events: false });
  const dynamodb = await openDynamo(join(directory, 'dynamo'));
  await dynamodb.createTables([
    {
      logicalId: 'LedgerTable',
      name: 'ledger',
      attributes: [pk, sk].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      key: [
        { AttributeName: pk, KeyType: 'HASH' },
        { AttributeName: sk, KeyType: 'RANGE' },
      ],
      indexes: [],
    },
  ]);
  const secretsmanager = openSecrets({
    ...{ account: '000000000000', region: 'eu-west-1' },
    given: { [secret]: JSON.stringify({ client_id: 'bench', client_secret: 'bench' }) },
  });
  const services = {
    ...{ s3, dynamodb, json: { secretsmanager } },
    lambda: async () => ({ status: 501 }),
    health: () => ({}),
    deploy: async () => ({}),
  };
  const { endpoint } = await openGateway({ services: Promise.resolve(services), log: console.error });
  process.send?.({
    ...clientEnvironment(endpoint),
    ...{ LAKE_BUCKET: 'lake', LEDGER_TABLE: 'ledger', KPI_TABLE: 'none', SHOP_API_SECRET: secret },
  });
  process.once('disconnect', () => process.exit());
};

main(process.argv[2] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
