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
  const deployed = { LastUpdateStatus: 'Successful', Environment: { Variables: { VERSION: 'v' } } };
  answers({ ...deployed, State: 'Active' });
  expect(await stage.functionState('a')).toEqual({ state: 'ready', version: 'v' });
  answers({ ...deployed, State: 'Inactive' });
  expect(await stage.functionState('a')).toMatchObject({ state: 'ready' });
  answers({ State: 'Active', LastUpdateStatus: 'Failed' });
  expect(await stage.functionState('a')).toEqual({ state: 'failed' });
  answers({ State: 'Active', LastUpdateStatus: 'InProgress' });
  expect(await stage.functionState('a')).toEqual({ state: 'updating' });
  answers({ __type: 'ResourceNotFoundException', Message: 'no' }, 404);
  expect(await stage.functionState('a')).toEqual({ state: 'missing' });
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

const xml = (body: string, status = 200) => laptop.meddle(() => ({ status, body }));

test('reads the status of the stack, also of one that is not there', async () => {
  const of = (status: string) =>
    `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>s</StackName><StackStatus>${status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
  xml(of('UPDATE_ROLLBACK_FAILED'));
  expect(await stage.stackStatus()).toBe('UPDATE_ROLLBACK_FAILED');
  const said = 'Stack with id soundcheck-dev does not exist';
  const error = (message: string) =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`;
  xml(error(said), 400);
  expect(await stage.stackStatus()).toBeUndefined();
  xml(error('not authorized'), 400);
  await expect(stage.stackStatus()).rejects.toThrow('not authorized');
});

test('finds rules that are turned off, on all pages', async () => {
  const rule = (Name: string, State: string) => ({ Name, State });
  laptop.meddle(({ body }) => {
    const isNext = 'NextToken' in JSON.parse(String(body));
    const Rules = isNext ? [rule('b', 'DISABLED')] : [rule('a', 'ENABLED'), rule('c', 'DISABLED')];
    return { status: 200, body: { Rules, ...(isNext ? {} : { NextToken: 'n' }) } };
  });
  expect(await stage.disabledRules()).toEqual(['c', 'b']);
  expect(JSON.parse(String(laptop.seen[0]?.body))).toEqual({ NamePrefix: 'soundcheck-dev-' });
});

test('counts who receives the alarms', async () => {
  const topics = (name: string) =>
    `<ListTopicsResponse><ListTopicsResult><Topics><member><TopicArn>arn:aws:sns:eu-west-1:1:${name}</TopicArn></member></Topics></ListTopicsResult></ListTopicsResponse>`;
  const entry = (key: string, value: number) => `<entry><key>${key}</key><value>${value}</value></entry>`;
  const attributes = `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>${entry('SubscriptionsConfirmed', 0)}${entry('SubscriptionsPending', 1)}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`;
  laptop.meddle(({ body }) => ({
    status: 200,
    body: String(body).includes('ListTopics') ? topics('soundcheck-dev-alarms') : attributes,
  }));
  const arn = 'arn:aws:sns:eu-west-1:1:soundcheck-dev-alarms';
  expect(await stage.alarmTopic()).toEqual({ arn, confirmed: 0, pending: 1 });
  xml(topics('other-alarms'));
  expect(await stage.alarmTopic()).toBeUndefined();
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
