import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { stageAt } from '../../../cli/aws/stage.ts';
import { type Laptop, openLaptop } from '../../functions/adapters/laptop.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await openLaptop({});
});
afterEach(() => laptop.rest());
afterAll(() => laptop.close());

const stage = stageAt('soundcheck-dev');
const answers = (body: object, status = 200) => laptop.meddle(() => ({ status, body }));

test('tells functions that are missing or failed from those that are ready', async () => {
  answers({ State: 'Active', LastUpdateStatus: 'Successful' });
  expect(await stage.functionState('a')).toBe('ready');
  answers({ State: 'Active', LastUpdateStatus: 'Failed' });
  expect(await stage.functionState('a')).toBe('failed');
  answers({ __type: 'ResourceNotFoundException', Message: 'no' }, 404);
  expect(await stage.functionState('a')).toBe('missing');
  answers({ __type: 'AccessDeniedException', Message: 'no' }, 403);
  await expect(stage.functionState('a')).rejects.toThrow();
});

test('reads how many functions may run at once', async () => {
  answers({ AccountLimit: { ConcurrentExecutions: 20, UnreservedConcurrentExecutions: 10 } });
  expect(await stage.concurrency()).toBe(10);
});

test('knows whether Lake Formation governs new tables', async () => {
  const everyone = {
    Principal: { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' },
    Permissions: ['ALL'],
  };
  const settings = (databases: object[], tables: object[]) =>
    answers({
      DataLakeSettings: {
        CreateDatabaseDefaultPermissions: databases,
        CreateTableDefaultPermissions: tables,
      },
    });
  settings([everyone], [everyone]);
  expect(await stage.governsTables()).toBe(false);
  settings([everyone], []);
  expect(await stage.governsTables()).toBe(true);
});

test('finds secrets without a value', async () => {
  answers({
    SecretList: [
      { Name: 'soundcheck-dev/shop-api' },
      { Name: 'soundcheck-dev/full', SecretVersionsToStages: { v: ['AWSCURRENT'] } },
    ],
  });
  expect(await stage.emptySecrets()).toEqual(['soundcheck-dev/shop-api']);
  expect(JSON.parse(String(laptop.seen[0]?.body)).Filters).toEqual([
    { Key: 'name', Values: ['soundcheck-dev/'] },
  ]);
});
