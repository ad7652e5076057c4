import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import { GlueClient, StartJobRunCommand } from '@aws-sdk/client-glue';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ExecuteStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDisk } from '../../../local/cloud/disk.ts';
import { type Gateway, openGateway, type Services } from '../../../local/cloud/gateway.ts';

const noSpace = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
const words = /the disk of the state folder \/state is full/;

let calls = 0;
const logged: string[] = [];
const probe = () => {
  throw noSpace;
};
const disk = openDisk({ state: '/state', log: (line) => logged.push(line), probe });
/** Whatever is asked for cannot be written. */
const fail = (): never => {
  calls += 1;
  throw noSpace;
};
const service = { handle: async () => fail(), close: async () => {} };
const names = ['events', 'firehose', 'glue', 'redshift-data', 'secretsmanager', 'sqs'];

let gateway: Gateway;
let settings: object;
beforeAll(async () => {
  const services = {
    s3: { handle: () => fail(), isBucket: () => true },
    dynamodb: { handle: () => fail() },
    lambda: async () => fail(),
    json: Object.fromEntries(names.map((name) => [name, service])),
  } as unknown as Services;
  gateway = await openGateway({
    services: Promise.resolve(services),
    disk,
    log: (line) => logged.push(line),
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  settings = { endpoint: gateway.endpoint, region: 'eu-west-1', credentials, maxAttempts: 2 };
});
afterAll(async () => {
  disk.close();
  await gateway.close();
});
beforeEach(() => {
  calls = 0;
});

test.each<[string, () => Promise<unknown>]>([
  [
    'InternalServerError',
    () =>
      new DynamoDBClient(settings).send(new PutItemCommand({ TableName: 'table', Item: { pk: { S: 'a' } } })),
  ],
  [
    'InternalException',
    () => new EventBridgeClient(settings).send(new PutEventsCommand({ Entries: [{ Source: 'test' }] })),
  ],
  [
    'ServiceUnavailableException',
    () =>
      new FirehoseClient(settings).send(
        new PutRecordCommand({ DeliveryStreamName: 'stream', Record: { Data: Buffer.from('a') } }),
      ),
  ],
  [
    'InternalServiceException',
    () => new GlueClient(settings).send(new StartJobRunCommand({ JobName: 'job' })),
  ],
  [
    'ServiceException',
    () =>
      new LambdaClient(settings).send(new InvokeCommand({ FunctionName: 'one', InvocationType: 'Event' })),
  ],
  [
    'InternalServerException',
    () =>
      new RedshiftDataClient(settings).send(new ExecuteStatementCommand({ Database: 'd', Sql: 'select 1' })),
  ],
  [
    'InternalServiceError',
    () => new SecretsManagerClient(settings).send(new CreateSecretCommand({ Name: 'a' })),
  ],
  [
    'InternalFailure',
    () =>
      new SQSClient(settings).send(new SendMessageCommand({ QueueUrl: 'http://q/0/q', MessageBody: 'a' })),
  ],
])('is %s in the words of a service, and its client tries again', async (name, ask) => {
  const error = await ask().catch((cause: unknown) => cause);
  expect(error).toMatchObject({ name, message: expect.stringMatching(words) });
  expect(
    (error as { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode,
  ).toBeGreaterThanOrEqual(500);
  expect(calls).toBe(2);
});

test('is said once in the log, not for each request', () => {
  expect(logged).toEqual([expect.stringMatching(words)]);
});
