import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LocalDynamo, openDynamo } from '../../local/cloud/dynamo/dynamo.ts';
import { type LocalS3, openS3 } from '../../local/cloud/s3/s3.ts';
import { type Laptop, type Meddling, openLaptop } from '../functions/adapters/laptop.ts';

type Options = { force?: boolean };
type Plugin = {
  readonly hooks: { readonly 'before:aws:deploy:deploy:checkForChanges': () => Promise<void> };
};
const AfterFailure: new (serverless: object, options: Options, tools: object) => Plugin = createRequire(
  import.meta.url,
)('../../deploy/after-failure.cjs');

const lake = 'soundcheck-prod-lake-123456789012';
const logs = 'soundcheck-prod-logs-123456789012';
const [ledger, kpis] = ['soundcheck-prod-ledger', 'soundcheck-prod-kpis'];

let directory: string;
let s3: LocalS3;
let dynamodb: LocalDynamo;
let laptop: Laptop;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'after-failure-'));
  s3 = await openS3({ directory: join(directory, 's3'), onObject: () => {} });
  dynamodb = await openDynamo(join(directory, 'dynamo'));
  laptop = await openLaptop({ s3, dynamodb });
  for (const bucket of [lake, logs]) await s3.createBucket(bucket, { versioning: true, events: false });
  await s3.put(logs, 'flow/log.gz', Buffer.from('a log'));
  await dynamodb.createTables([tableNamed(ledger), tableNamed(kpis)]);
});
afterEach(async () => {
  await laptop.close();
  await dynamodb.close();
  await s3.close();
  await rm(directory, { recursive: true, force: true });
});

const tableNamed = (name: string) => ({
  ...{ logicalId: 'Table', name, indexes: [] },
  attributes: [{ AttributeName: 'pk', AttributeType: 'S' }],
  key: [{ AttributeName: 'pk', KeyType: 'HASH' }],
});

/** Buckets and tables of the stage that are there. */
const left = async () => {
  const { TableNames = [] } = await new DynamoDBClient().send(new ListTablesCommand({}));
  return [...[lake, logs].filter((name) => s3.isBucket(name)), ...TableNames];
};
const all = [lake, logs, kpis, ledger];

/** Deploys onto a stack in this state that has these resources; returns what was said. */
const deploy = async (
  resources: readonly string[],
  status: string,
  options: Options = {},
  meddling: Meddling = () => undefined,
) => {
  const notices: string[] = [];
  laptop.meddle((seen) =>
    String(seen.body).startsWith('Action=DescribeStacks')
      ? { status: 200, body: described(status) }
      : meddling(seen),
  );
  const aws = {
    getStage: () => 'prod',
    naming: { getStackName: () => 'soundcheck-prod' },
    getAccountId: async () => '123456789012',
    getAwsSdkV3Config: async () => ({ region: 'eu-west-1', forcePathStyle: true }),
    getStackResources: async () => resources.map((LogicalResourceId) => ({ LogicalResourceId })),
  };
  const serverless = {
    getProvider: () => aws,
    service: { custom: { name: 'soundcheck-prod' } },
    classes: { Error },
  };
  const log = { notice: (text: string) => notices.push(text) };
  await new AfterFailure(serverless, options, { log }).hooks['before:aws:deploy:deploy:checkForChanges']();
  return notices;
};

const described = (status: string) =>
  `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>s</StackName>` +
  `<StackStatus>${status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;

describe('the first deployment of a stack', () => {
  const core = ['ServerlessDeploymentBucket'];

  test('deletes what a failed one left without data, logs as well', async () => {
    expect(await deploy(core, 'UPDATE_ROLLBACK_COMPLETE')).toEqual([
      ...[`s3://${lake}`, `s3://${logs}`, `table ${ledger}`, `table ${kpis}`].map(
        (name) => `deleted ${name}, which a failed deployment left without data`,
      ),
      'the last deployment failed: this one is not skipped, even if it is the same',
    ]);
    expect(await left()).toEqual([]);
    expect(await deploy(core, 'CREATE_COMPLETE')).toEqual([]);
  });

  test.each([
    [`s3://${lake}`, () => s3.put(lake, 'data/streams/a.csv', Buffer.from('a'))],
    [
      `table ${ledger}`,
      () => new DynamoDBClient().send(new PutItemCommand({ TableName: ledger, Item: { pk: { S: 'a' } } })),
    ],
  ])('stops and deletes nothing while %s has data', async (name, put) => {
    await put();
    await expect(deploy(core, 'CREATE_COMPLETE')).rejects.toThrow(`is there: ${name}.`);
    expect(await left()).toEqual(all);
  });

  test('stops where a bucket belongs to another region or account', async () => {
    const other: Meddling = ({ url }) => (url.startsWith(`/${logs}`) ? { status: 301, body: '' } : undefined);
    await expect(deploy(core, 'CREATE_COMPLETE', {}, other)).rejects.toThrow(`is there: s3://${logs}.`);
    expect(await left()).toEqual(all);
  });
});

describe('a later deployment', () => {
  const whole = ['ServerlessDeploymentBucket', 'LakeBucket'];

  test('leaves names alone', async () => {
    expect(await deploy(whole, 'UPDATE_COMPLETE')).toEqual([]);
    expect(await left()).toEqual(all);
  });

  test.each([
    ['UPDATE_ROLLBACK_COMPLETE', true],
    ['UPDATE_COMPLETE', undefined],
  ])('is forced after %s: %s', async (status, force) => {
    const options: Options = {};
    await deploy(whole, status, options);
    expect(options.force).toBe(force);
  });
});

test.each([
  [
    'UPDATE_ROLLBACK_IN_PROGRESS',
    'aws cloudformation wait stack-rollback-complete --stack-name soundcheck-prod',
  ],
  ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'aws cloudformation wait stack-rollback-complete'],
  ['UPDATE_ROLLBACK_FAILED', 'aws cloudformation continue-update-rollback --stack-name soundcheck-prod'],
  ['ROLLBACK_COMPLETE', 'npx sls remove --stage prod'],
  ['ROLLBACK_FAILED', 'npx sls remove --stage prod'],
  ['DELETE_FAILED', 'npx sls remove --stage prod'],
])('a stack in the state %s names the command that helps', async (status, command) => {
  await expect(deploy([], status)).rejects.toThrow(
    `${status} and cannot be deployed. First run:\n  ${command}`,
  );
  expect(await left()).toEqual(all);
});
