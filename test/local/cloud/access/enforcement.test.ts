import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetJobRunsCommand, GlueClient, StartJobRunCommand } from '@aws-sdk/client-glue';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ListStatementsCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Access, AccessDenied, type Need, openAccess } from '../../../../local/cloud/access/access.ts';
import { needsOfRun, needsOfSilver } from '../../../../local/cloud/access/job-needs.ts';
import { type Gateway, openGateway, type Services } from '../../../../local/cloud/gateway.ts';
import { type LocalS3, openS3 } from '../../../../local/cloud/s3/s3.ts';
import type { Deployment, Role } from '../../../../local/cloud/template/deployment.ts';

const place = { account: '000000000000', region: 'eu-west-1' };
const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:000000000000:${resource}`;
const key = arn('kms', 'key/data');
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | string[], Resource: string | string[]) => ({
  Effect: 'Allow',
  Action,
  Resource,
});

const roleOf = (name: string, ...statements: object[]): Role => ({
  logicalId: name,
  name,
  arn: `arn:aws:iam::000000000000:role/${name}`,
  id: `AROA-${name}`,
  policies: [{ name: 'least', document: document(...statements) }],
});
const reader = roleOf(
  'reader',
  allow(['s3:GetObject'], 'arn:aws:s3:::lake/data/*'),
  allow('kms:Decrypt', key),
);
const keyless = roleOf('keyless', allow('s3:*', '*'), allow('dynamodb:*', '*'));
const deployment = {
  ...place,
  roles: [reader, keyless],
  buckets: [{ logicalId: 'Lake', name: 'lake', versioning: true, events: false, keyArn: key }],
  tables: [{ logicalId: 'Table', name: 'ledger', attributes: [], key: [], indexes: [], keyArn: key }],
  policies: [
    {
      name: 'Key',
      resource: key,
      document: document(
        { ...allow('kms:*', '*'), Principal: { AWS: 'arn:aws:iam::000000000000:root' } },
        {
          ...allow('kms:Decrypt', '*'),
          Principal: { AWS: '*' },
          Condition: { StringEquals: { 'kms:ViaService': 'dynamodb.eu-west-1.amazonaws.com' } },
        },
      ),
    },
    {
      name: 'Dead',
      resource: arn('sqs', 'dead'),
      document: document({
        ...allow('sqs:SendMessage', arn('sqs', 'dead')),
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnLike: { 'aws:SourceArn': arn('events', 'rule/mine-*') } },
      }),
    },
  ],
} as unknown as Deployment;

describe('roles', () => {
  const calls: unknown[] = [];
  const access = openAccess({ deployment, record: (call) => calls.push(call) });
  const callerOf = (role: Role) => access.callerOf(access.keyOf(role.arn, 'f'));
  const on = (action: string, resource: string) => () =>
    access.expect(callerOf(reader), [{ action, resource }]);

  test('are told by their access keys; every other key is the administrator', () => {
    expect(callerOf(reader)).toEqual({ role: reader, session: 'f' });
    expect(access.callerOf(access.keyOf(undefined, 'f'))).toBeUndefined();
    access.expect(access.callerOf('a'), [{ action: 's3:DeleteBucket', resource: 'arn:aws:s3:::lake' }]);
  });

  test('may do what their policies allow, and nothing else', () => {
    expect(on('s3:GetObject', 'arn:aws:s3:::lake/data/a')).not.toThrow();
    expect(on('s3:PutObject', 'arn:aws:s3:::lake/data/a')).toThrow(
      new AccessDenied(
        'User: arn:aws:sts::000000000000:assumed-role/reader/f is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::lake/data/a',
      ),
    );
    expect(calls).toEqual([
      { role: 'reader', action: 's3:GetObject', resource: 'arn:aws:s3:::lake/data/a' },
      { role: 'reader', action: 'kms:Decrypt', resource: key },
    ]);
  });

  test('need the key of a bucket themselves, and that of a table not', () => {
    const object = { action: 's3:PutObject', resource: 'arn:aws:s3:::lake/a' };
    const item = { action: 'dynamodb:GetItem', resource: arn('dynamodb', 'table/ledger') };
    expect(() => access.expect(callerOf(keyless), [item])).not.toThrow();
    expect(() => access.expect(callerOf(keyless), [object])).toThrow(
      /kms:GenerateDataKey on resource: .*key\/data/,
    );
  });

  test('of services are the policies of resources', () => {
    const send = { action: 'sqs:SendMessage', resource: arn('sqs', 'dead') };
    const by = (service: string, rule: string) => () =>
      access.expectService(service, arn('events', rule), send);
    expect(by('events.amazonaws.com', 'rule/mine-1')).not.toThrow();
    expect(by('events.amazonaws.com', 'rule/other')).toThrow(AccessDenied);
    expect(by('s3.amazonaws.com', 'rule/mine-1')).toThrow(AccessDenied);
  });
});

describe('a request', () => {
  let folder: string;
  let s3: LocalS3;
  let gateway: Gateway;
  let asked: string[];
  let config: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** Actions that are denied. */
  const denied = new Set<string>();
  const shortOf = ({ action, resource, context }: Need): string =>
    [action, resource.replace(/^arn:aws:(s3:::)?/, ''), ...Object.values(context ?? {})].join(' ');
  const access: Pick<Access, 'callerOf' | 'expect'> = {
    callerOf: (name) => (name === 'role' ? { role: reader, session: 'f' } : undefined),
    expect: (caller, needs) => {
      if (!caller) return;
      asked.push(...needs.map(shortOf));
      const wrong = needs.find(({ action }) => denied.has(action));
      if (wrong) throw new AccessDenied(`reader is not authorized to perform: ${wrong.action}`);
    },
  };
  const anyService = { handle: async () => ({}), close: async () => {} };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'access-'));
    s3 = await openS3({ directory: folder, onObject: () => {} });
    await s3.createBucket('lake', { versioning: true, events: false });
    const services: Services = {
      s3,
      dynamodb: { handle: async (_, response) => void response.end('{}') },
      lambda: async () => ({ status: 202 }),
      json: {
        ...{ glue: anyService, events: anyService, secretsmanager: anyService },
        'redshift-data': { ...anyService, ownerOf: (id) => (id.endsWith('1') ? 'AROA-sender:f' : undefined) },
      },
      access: { ...access, ...place },
      health: () => ({}),
      deploy: async () => ({}),
    };
    gateway = await openGateway({ services: Promise.resolve(services), log: () => {} });
    config = {
      ...{ endpoint: gateway.endpoint, region: 'eu-west-1', maxAttempts: 1 },
      credentials: { accessKeyId: 'role', secretAccessKey: 'b' },
    };
    await s3.put('lake', 'data/a', Buffer.from('a'));
  });
  beforeEach(() => {
    asked = [];
    denied.clear();
  });
  afterAll(async () => {
    await gateway.close();
    await s3.close();
    await rm(folder, { recursive: true });
  });

  const Bucket = 'lake';
  const at = { Bucket, Key: 'data/a' };
  const version = async () => ({ ...at, VersionId: (await s3.locate('lake', 'data/a'))?.versionId });
  const objects = () => new S3Client({ ...config, forcePathStyle: true });
  const attempt = async (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

  test.each([
    ['GetObject', async () => new GetObjectCommand(at), ['s3:GetObject lake/data/a']],
    [
      'HeadObject of a version',
      async () => new HeadObjectCommand(await version()),
      ['s3:GetObjectVersion lake/data/a'],
    ],
    [
      'a missing object',
      async () => new GetObjectCommand({ ...at, Key: 'b' }),
      ['s3:GetObject lake/b', 's3:ListBucket lake'],
    ],
    ['PutObject', async () => new PutObjectCommand({ ...at, Body: 'a' }), ['s3:PutObject lake/data/a']],
    [
      'PutObject with tags',
      async () => new PutObjectCommand({ ...at, Key: 'tagged', Body: 'a', Tagging: 'a=1' }),
      ['s3:PutObject lake/tagged', 's3:PutObjectTagging lake/tagged'],
    ],
    [
      'CopyObject',
      async () => new CopyObjectCommand({ ...at, Key: 'c', CopySource: 'lake/data/a' }),
      ['s3:PutObject lake/c', 's3:GetObject lake/data/a'],
    ],
    [
      'CopyObject with tags',
      async () => new CopyObjectCommand({ ...at, Key: 'c', CopySource: 'lake/tagged' }),
      [
        's3:PutObject lake/c',
        's3:GetObject lake/tagged',
        's3:GetObjectTagging lake/tagged',
        's3:PutObjectTagging lake/c',
      ],
    ],
    [
      'CopyObject that replaces tags',
      async () =>
        new CopyObjectCommand({ ...at, Key: 'c', CopySource: 'lake/tagged', TaggingDirective: 'REPLACE' }),
      ['s3:PutObject lake/c', 's3:GetObject lake/tagged'],
    ],
    ['DeleteObject', async () => new DeleteObjectCommand({ ...at, Key: 'c' }), ['s3:DeleteObject lake/c']],
    [
      'a version',
      async () => new DeleteObjectCommand({ ...at, Key: 'c', VersionId: 'x' }),
      ['s3:DeleteObjectVersion lake/c'],
    ],
    [
      'DeleteObjects',
      async () =>
        new DeleteObjectsCommand({
          Bucket,
          Delete: { Objects: [{ Key: 'c' }, { Key: 'd', VersionId: 'null' }] },
        }),
      ['s3:DeleteObject lake/c', 's3:DeleteObjectVersion lake/d'],
    ],
    [
      'a list',
      async () => new ListObjectsV2Command({ Bucket, Prefix: 'data/' }),
      ['s3:ListBucket lake data/'],
    ],
    ['versions', async () => new ListObjectVersionsCommand({ Bucket }), ['s3:ListBucketVersions lake']],
    ['tags', async () => new GetObjectTaggingCommand(at), ['s3:GetObjectTagging lake/data/a']],
    [
      'uploads',
      async () => new ListMultipartUploadsCommand({ Bucket }),
      ['s3:ListBucketMultipartUploads lake'],
    ],
    ['an upload', async () => new CreateMultipartUploadCommand(at), ['s3:PutObject lake/data/a']],
    [
      'a part',
      async () => new UploadPartCommand({ ...at, UploadId: 'u', PartNumber: 1, Body: 'a' }),
      ['s3:PutObject lake/data/a'],
    ],
    [
      'parts',
      async () => new ListPartsCommand({ ...at, UploadId: 'u' }),
      ['s3:ListMultipartUploadParts lake/data/a'],
    ],
    [
      'an abort',
      async () => new AbortMultipartUploadCommand({ ...at, UploadId: 'u' }),
      ['s3:AbortMultipartUpload lake/data/a'],
    ],
    [
      'a completion',
      async () =>
        new CompleteMultipartUploadCommand({ ...at, UploadId: 'u', MultipartUpload: { Parts: [] } }),
      ['s3:PutObject lake/data/a'],
    ],
  ] as const)('to S3 needs its actions: %s', async (_, command, needs) => {
    const client = objects();
    await attempt(client.send((await command()) as GetObjectCommand));
    client.destroy();
    expect(asked).toEqual(needs);
  });

  test('to S3 that copies a part needs to read the source', async () => {
    const client = objects();
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(at));
    asked = [];
    const CopySource = 'lake/data/a';
    await client.send(new UploadPartCopyCommand({ ...at, UploadId, PartNumber: 1, CopySource }));
    client.destroy();
    expect(asked).toEqual(['s3:PutObject lake/data/a', 's3:GetObject lake/data/a']);
  });

  test('that is denied gets the answer of S3, also for each key of many, and for what is missing', async () => {
    const client = objects();
    denied.add('s3:DeleteObject').add('s3:ListBucket').add('s3:PutObject');
    const Objects = [{ Key: 'c' }];
    expect(await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))).toMatchObject({
      Errors: [{ Key: 'c', Code: 'AccessDenied' }],
    });
    for (const command of [
      new GetObjectCommand({ ...at, Key: 'gone' }),
      new PutObjectCommand({ ...at, Body: 'a' }),
    ])
      expect(await attempt(client.send(command as GetObjectCommand))).toMatchObject({
        name: 'AccessDenied',
        message: expect.stringContaining('reader is not authorized to perform: s3:'),
        $metadata: { httpStatusCode: 403 },
      });
    client.destroy();
  });

  const Item = { pk: 'a' };
  const ledger = arn('dynamodb', 'table/ledger').replace('arn:aws:', '');
  const workgroup = arn('redshift-serverless', 'workgroup/w').replace('arn:aws:', '');
  const statement = { Database: 'd', WorkgroupName: 'w', Sqls: ['select 1'] };
  const id = (digit: number) => `00000000-0000-0000-0000-00000000000${digit}`;
  test.each([
    [
      'DynamoDB',
      () => DynamoDBDocumentClient.from(new DynamoDBClient(config)),
      new BatchWriteCommand({ RequestItems: { ledger: [{ PutRequest: { Item } }] } }),
      [`dynamodb:BatchWriteItem ${ledger}`],
    ],
    [
      'DynamoDB',
      () => DynamoDBDocumentClient.from(new DynamoDBClient(config)),
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName: 'ledger', Item } },
          { ConditionCheck: { TableName: 'ledger', Key: Item, ConditionExpression: 'a' } },
        ],
      }),
      [`dynamodb:PutItem ${ledger}`, `dynamodb:ConditionCheckItem ${ledger}`],
    ],
    [
      'DynamoDB',
      () => DynamoDBDocumentClient.from(new DynamoDBClient(config)),
      new QueryCommand({ TableName: 'ledger', IndexName: 'i', KeyConditionExpression: 'a' }),
      [`dynamodb:Query ${ledger}/index/i`],
    ],
    [
      'EventBridge',
      () => new EventBridgeClient(config),
      new PutEventsCommand({ Entries: [{ Source: 'a' }] }),
      ['events:PutEvents events:eu-west-1:000000000000:event-bus/default'],
    ],
    [
      'Lambda',
      () => new LambdaClient(config),
      new InvokeCommand({ FunctionName: 'f' }),
      ['lambda:InvokeFunction lambda:eu-west-1:000000000000:function:f'],
    ],
    [
      'Glue',
      () => new GlueClient(config),
      new StartJobRunCommand({ JobName: 'j' }),
      ['glue:StartJobRun glue:eu-west-1:000000000000:job/j'],
    ],
    [
      'Glue',
      () => new GlueClient(config),
      new GetJobRunsCommand({ JobName: 'j' }),
      ['glue:GetJobRuns glue:eu-west-1:000000000000:job/j'],
    ],
    [
      'Secrets Manager',
      () => new SecretsManagerClient(config),
      new GetSecretValueCommand({ SecretId: arn('secretsmanager', 'secret:s-abcdef') }),
      ['secretsmanager:GetSecretValue secretsmanager:eu-west-1:000000000000:secret:s-abcdef'],
    ],
    [
      'the Data API',
      () => new RedshiftDataClient(config),
      new BatchExecuteStatementCommand(statement),
      [`redshift-data:BatchExecuteStatement ${workgroup}`, `redshift-serverless:GetCredentials ${workgroup}`],
    ],
    [
      'the Data API',
      () => new RedshiftDataClient(config),
      new DescribeStatementCommand({ Id: id(1) }),
      ['redshift-data:DescribeStatement * AROA-sender:f'],
    ],
    ['the Data API', () => new RedshiftDataClient(config), new DescribeStatementCommand({ Id: id(2) }), []],
    [
      'the Data API',
      () => new RedshiftDataClient(config),
      new ListStatementsCommand({}),
      ['redshift-data:ListStatements * AROA-reader:f'],
    ],
  ] as const)(
    'to %s needs its actions, and its denial is an AccessDeniedException',
    async (_, open, command, needs) => {
      const client = open() as GlueClient;
      await attempt(client.send(command as never));
      expect(asked).toEqual(needs);
      for (const need of needs) denied.add(need.split(' ')[0] ?? '');
      const answer = await attempt(client.send(command as never));
      if (needs.length > 0) expect(answer).toMatchObject({ name: 'AccessDeniedException' });
      client.destroy();
    },
  );
});

describe('a job', () => {
  const lake = { bucket: 'lake', database: 'silver', ...place };
  const actionsOn = (spec: unknown) =>
    needsOfRun(spec, 'jr_1', lake).map(
      ({ action, resource }) => `${action} ${resource.replace('arn:aws:s3:::', '')}`,
    );

  test('that transforms needs its inputs, the copies of them and its place in staging', () => {
    const files = [
      { key: 'data/a' },
      { key: 'data/b', object_key: 'data/b2' },
      { key: 'data/c', clean_key: 'staging/clean/c' },
    ];
    const needs = actionsOn({ kind: 'transform', batch: 'b', files });
    expect(needs).toEqual(
      expect.arrayContaining([
        's3:GetObjectVersion lake/data/a',
        's3:GetObjectVersion lake/data/b2',
        's3:GetObject lake/staging/clean/c',
        's3:PutObject lake/staging/b/jr_1/landed/0.csv',
        's3:DeleteObject lake/staging/b/jr_1/rows/part-00000.parquet',
        's3:ListBucketMultipartUploads lake',
      ]),
    );
    expect(needs.filter((need) => need.includes('PutObject') && !need.includes('staging/b/jr_1/'))).toEqual(
      [],
    );
  });

  test('that publishes needs its table in the catalog and in the lake', () => {
    const needs = actionsOn({
      kind: 'quality',
      batch: 'b',
      dataset: 'people',
      staged: 'staging/b/jr_1/rows/',
    });
    expect(needs).toEqual(
      expect.arrayContaining([
        's3:GetObject lake/staging/b/jr_1/rows/part-00000.parquet',
        's3:PutObject lake/lake/people/data/part-00000.parquet',
        `glue:UpdateTable ${arn('glue', 'table/silver/people')}`,
      ]),
    );
    expect(actionsOn({ kind: 'other' })).toEqual([]);
  });

  test('of the warehouse needs the silver tables that its SQL names', () => {
    const tables = needsOfSilver(['select 1 from silver.people, silver."songs"', 'select 2'], lake);
    expect(tables.map(({ resource }) => resource)).toEqual(
      expect.arrayContaining([arn('glue', 'table/silver/people'), arn('glue', 'table/silver/songs')]),
    );
    expect(needsOfSilver(['select 1 from gold.people'], lake)).toEqual([]);
  });
});
