import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalDynamo, openDynamo } from '../../../local/cloud/dynamo/dynamo.ts';
import { eventsApi } from '../../../local/cloud/events/api.ts';
import { openBus } from '../../../local/cloud/events/bus.ts';
import { lambdaApi } from '../../../local/cloud/functions/api.ts';
import { type Gateway, openGateway, type Services } from '../../../local/cloud/gateway.ts';
import { ServiceError } from '../../../local/cloud/protocol.ts';
import { openQueues } from '../../../local/cloud/queues.ts';

const table = {
  logicalId: 'Table',
  name: 'table',
  attributes: ['pk', 'sk', 'g'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  key: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  indexes: [
    {
      IndexName: 'by-g',
      KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};

const account = { account: '000000000000', region: 'eu-west-1' };
const events: unknown[] = [];
const logged: string[] = [];
let state: string;
let dynamodb: LocalDynamo;
let gateway: Gateway;
let client: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};

const lambda = lambdaApi({
  has: (name) => name === 'echo',
  invoke: async (_, event) => ({ requestId: 'r', ok: true, payload: event }),
  invokeAsync: () => ({ requestId: 'r', done: Promise.resolve() }),
  start: () => {},
  renew: () => {},
  drain: async () => {},
  close: () => {},
});

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'gateway-'));
  dynamodb = await openDynamo(join(state, 'dynamo'));
  await dynamodb.createTables([table]);
  let serve: (services: Services) => void = () => {};
  const services = new Promise<Services>((resolve) => {
    serve = resolve;
  });
  gateway = await openGateway({ services, log: (line) => logged.push(line) });
  const { endpoint } = gateway;
  client = { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  const bus = openBus({
    ...account,
    directory: join(state, 'events'),
    rules: [{ name: 'all', pattern: { source: [{ prefix: '' }] }, target: 'f' }],
    deliver: async (_, payload) => {
      events.push(payload);
    },
    reject: async () => {},
  });
  const queues = openQueues({ ...account, directory: join(state, 'queues'), names: ['dead'], endpoint });
  queues.send('dead', '{"lost":true}', { ERROR_CODE: 'SDK_CLIENT_ERROR' });
  const glue = {
    handle: async (operation: string) => {
      if (operation === 'Break') throw new Error('out of paper');
      throw new ServiceError('EntityNotFoundException', `no ${operation}`);
    },
    close: async () => {},
  };
  const s3: Services['s3'] = {
    handle: (request, response) => response.end(`s3 ${request.method} ${request.url}`),
    isBucket: (name) => name === 'lake',
  };
  const json = { events: eventsApi(bus), sqs: queues.service, glue };
  serve({
    s3,
    dynamodb,
    lambda,
    json,
    health: () => ({ stage: 'dev' }),
    deploy: async () => ({ changed: true }),
  });
});
afterAll(async () => {
  await gateway.close();
  await dynamodb.close();
  await rm(state, { recursive: true });
});

const call = async (target: string, body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(gateway.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1', ...headers },
    body,
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
};

describe('the gateway', () => {
  test('answers for its health', async () => {
    expect(await (await fetch(`${gateway.endpoint}/_soundcheck`)).json()).toEqual({ stage: 'dev' });
  });

  test('hands to S3 what is signed for it, presigned, or not signed at all', async () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AK/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host';
    const get = async (path: string, headers = {}) =>
      (await fetch(`${gateway.endpoint}${path}`, { headers })).text();
    expect(await get('/b/_soundcheck')).toBe('s3 GET /b/_soundcheck');
    expect(await get('/b/k', { authorization })).toBe('s3 GET /b/k');
    const presigned = '/b/k?X-Amz-Credential=AK%2F20260101%2Feu-west-1%2Fs3%2Faws4_request';
    expect(await get(presigned)).toBe(`s3 GET ${presigned}`);
  });

  test('writes, rejects and reads items as the DynamoDB client sees it', async () => {
    const dynamo = new DynamoDBClient(client);
    const Item = { pk: { S: 'p' }, sk: { S: 's' }, g: { S: 'x' }, n: { N: '1' } };
    const ConditionExpression = 'attribute_not_exists(pk)';
    await dynamo.send(new PutItemCommand({ TableName: 'table', Item, ConditionExpression }));
    const again = dynamo.send(new PutItemCommand({ TableName: 'table', Item, ConditionExpression }));
    await expect(again).rejects.toThrow(ConditionalCheckFailedException);
    const Key = { pk: { S: 'p' }, sk: { S: 's' } };
    expect(await dynamo.send(new GetItemCommand({ TableName: 'table', Key }))).toMatchObject({ Item });
    const query = { KeyConditionExpression: 'g = :g', ExpressionAttributeValues: { ':g': { S: 'x' } } };
    expect(
      await dynamo.send(new QueryCommand({ TableName: 'table', IndexName: 'by-g', ...query })),
    ).toMatchObject({
      Items: [Item],
    });
    dynamo.destroy();
  });

  test('puts events for the EventBridge client', async () => {
    const bridge = new EventBridgeClient(client);
    const entry = { Source: 'soundcheck', DetailType: 't', Detail: '{}' };
    const answer = await bridge.send(
      new PutEventsCommand({ Entries: [entry, { ...entry, Source: 'aws.s3' }] }),
    );
    expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ EventId: expect.any(String) }, {}] });
    expect(events).toMatchObject([{ source: 'soundcheck', 'detail-type': 't' }]);
    bridge.destroy();
  });

  test('invokes for the Lambda client', async () => {
    const functions = new LambdaClient(client);
    const { StatusCode, Payload } = await functions.send(
      new InvokeCommand({ FunctionName: 'echo', Payload: Buffer.from('{"a":1}') }),
    );
    expect({ StatusCode, payload: JSON.parse(Buffer.from(Payload ?? []).toString()) }).toEqual({
      StatusCode: 200,
      payload: { a: 1 },
    });
    const event = await functions.send(new InvokeCommand({ FunctionName: 'echo', InvocationType: 'Event' }));
    expect(event.StatusCode).toBe(202);
    await expect(functions.send(new InvokeCommand({ FunctionName: 'gone' }))).rejects.toThrow(
      ResourceNotFoundException,
    );
    functions.destroy();
  });

  test('shows, deletes and purges dead letters over SQS', async () => {
    const sqs = async (operation: string, input: object) =>
      (await call(`AmazonSQS.${operation}`, JSON.stringify(input))).body;
    const { QueueUrl } = await sqs('GetQueueUrl', { QueueName: 'dead' });
    expect(QueueUrl).toBe(`${gateway.endpoint}/000000000000/dead`);
    const { Messages } = await sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
    expect(Messages).toMatchObject([
      {
        Body: '{"lost":true}',
        MD5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
        MessageAttributes: { ERROR_CODE: { StringValue: 'SDK_CLIENT_ERROR', DataType: 'String' } },
      },
    ]);
    expect(await sqs('ReceiveMessage', { QueueUrl })).toEqual({ Messages: [] });
    await sqs('SendMessage', { QueueUrl, MessageBody: 'two' });
    const counts = async () => (await sqs('GetQueueAttributes', { QueueUrl })).Attributes;
    expect(await counts()).toMatchObject({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
    });
    await sqs('DeleteMessage', {
      QueueUrl,
      ReceiptHandle: (Messages as { ReceiptHandle: string }[])[0]?.ReceiptHandle,
    });
    expect(await counts()).toMatchObject({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '0',
    });
    await sqs('PurgeQueue', { QueueUrl });
    expect(await counts()).toMatchObject({ ApproximateNumberOfMessages: '0' });
    expect(await sqs('GetQueueUrl', { QueueName: 'gone' })).toMatchObject({ __type: 'QueueDoesNotExist' });
  });

  test('answers errors as AWS does', async () => {
    const { status, headers, body } = await call('AWSGlue.GetJob', '{}');
    expect({ status, body }).toEqual({
      status: 400,
      body: { __type: 'EntityNotFoundException', message: 'no GetJob' },
    });
    expect(headers.get('x-amzn-errortype')).toBe('EntityNotFoundException');
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await call('AWSGlue.GetJob', '{')).toMatchObject({
      status: 400,
      body: { __type: 'SerializationException' },
    });
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AK/20260101/eu-west-1/iam/aws4_request, SignedHeaders=host';
    expect(await call('', '{}', { authorization })).toMatchObject({
      status: 404,
      body: { __type: 'UnknownOperationException' },
    });
  });

  test('logs what nobody expected and answers 500', async () => {
    expect(await call('AWSGlue.Break', '{}')).toMatchObject({
      status: 500,
      body: { __type: 'InternalFailure' },
    });
    expect(logged).toEqual([expect.stringMatching(/out of paper/)]);
  });

  test('outlives a client that leaves in the middle of a request', async () => {
    const socket = connect(Number(new URL(gateway.endpoint).port), '127.0.0.1');
    const head = [
      'POST / HTTP/1.1',
      `host: ${new URL(gateway.endpoint).host}`,
      'x-amz-target: DynamoDB_20120810.PutItem',
      'content-length: 100',
      '',
      '{',
    ];
    await new Promise<void>((resolve) => socket.write(head.join('\r\n'), () => resolve()));
    socket.destroy();
    expect((await fetch(`${gateway.endpoint}/_soundcheck`)).status).toBe(200);
  });

  test('answers who takes it for a proxy', async () => {
    const socket = connect(Number(new URL(gateway.endpoint).port), '127.0.0.1');
    const answer = text(socket);
    socket.write('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1.1 405 /);
  });
});
