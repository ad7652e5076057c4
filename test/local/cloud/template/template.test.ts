import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTemplate } from '../../../../local/cloud/template/template.ts';

const serverless = `
service: music
params:
  default: {size: small, keep: 7}
  prod: {size: large}
custom:
  name: \${self:service}-\${sls:stage}
  code: \${file(./settings.cjs):prefix}
  part: \${file(parts/\${param:size}.yml):inner.text}
provider:
  name: aws
  stage: \${opt:stage, 'dev'}
  timeout: 20
  memorySize: 256
  stackParameters:
    - {ParameterKey: Mail, ParameterValue: '\${param:mail, self:custom.name}'}
  environment:
    STAGE: \${sls:stage}
    BUCKET: !Ref Lake
functions: \${file(functions.yml)}
resources:
  - \${file(resources/stores.yml)}
  - Resources:
      Job:
        Type: AWS::Glue::Job
        Properties:
          Name: \${self:custom.name}-transform
          Role: !GetAtt JobRole.Arn
          Command: {ScriptLocation: !Sub 's3://\${Lake}/\${self:custom.code}/transform.py'}
          ExecutionProperty: {MaxConcurrentRuns: 3}
      JobRole: {Type: AWS::IAM::Role}
      Unused:
        Type: AWS::IAM::Role
        Properties: {Policies: [{PolicyName: a, PolicyDocument: !GetAtt Nowhere.Arn}]}
`;

const functions = `
validateFile:
  name: \${self:custom.name}-validate
  handler: functions/validate.handler
  role: !GetAtt ValidateRole.Arn
  timeout: 60
  memorySize: 1024
  maximumRetryAttempts: 1
  environment:
    TABLE: !Ref Table
    MAIL: !Ref Mail
    PART: \${self:custom.part}
    ACCOUNT: !Sub '\${AWS::AccountId}/\${Dead.QueueName}'
    JOINED: !Join ['_', !Split ['-', '\${self:custom.name}-x']]
    PICKED: !Select [1, [a, b]]
    CHOSEN: !If [IsProd, yes!, no!]
    NOTHING: !Ref AWS::NoValue
    KEEP: \${param:keep}
  destinations: {onFailure: {type: sqs, arn: !GetAtt Dead.Arn}}
  events:
    - eventBridge:
        name: landed
        pattern: {source: [aws.s3], detail: {bucket: {name: [!Ref Lake]}, size: [{numeric: ['>', 0]}]}}
        deadLetterQueueArn: !GetAtt Dead.Arn
        retryPolicy: {maximumRetryAttempts: 3}
    - eventBridge: {schedule: rate(2 hours), input: {all: true}}
    - eventBridge: {enabled: false, pattern: {source: [off]}}
other:
  handler: functions/deep/other.run
  environment: {PEER: !Ref ValidateFileLambdaFunction}
`;

const stores = `
Conditions:
  IsProd: !Equals ['\${sls:stage}', prod]
Resources:
  Lake:
    Type: AWS::S3::Bucket
    Properties: &closed
      BucketName: !Sub '\${self:custom.name}-lake-\${AWS::AccountId}'
      VersioningConfiguration: {Status: Enabled}
      BucketEncryption:
        ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {KMSMasterKeyID: !GetAtt Key.Arn}}]
      NotificationConfiguration: {EventBridgeConfiguration: {EventBridgeEnabled: true}}
  Logs:
    Type: AWS::S3::Bucket
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: \${self:custom.name}-table
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: g, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - {IndexName: g, KeySchema: [{AttributeName: g, KeyType: HASH}], Projection: {ProjectionType: ALL}}
  Key:
    Type: AWS::KMS::Key
    Properties: {KeyPolicy: {Statement: []}}
  ValidateRole:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: least
          PolicyDocument: {Resource: [!Sub '\${Lake.Arn}/data/*', !GetAtt ValidateFileLogGroup.Arn]}
  Wake:
    Type: AWS::IAM::Policy
    Properties:
      Roles: [!Ref ValidateRole]
      PolicyName: wake
      PolicyDocument: {Sid: !Sub '\${ValidateRole.RoleId}:*'}
  LakePolicy:
    Type: AWS::S3::BucketPolicy
    Properties: {Bucket: !Ref Lake, PolicyDocument: {Resource: !GetAtt Lake.Arn}}
  DeadPolicy:
    Type: AWS::SQS::QueuePolicy
    Properties: {Queues: [!Ref Dead], PolicyDocument: {Resource: !GetAtt Dead.Arn}}
  Dead:
    Type: AWS::SQS::Queue
    Properties: {QueueName: dead}
  Monthly:
    Type: AWS::Scheduler::Schedule
    Properties:
      Name: monthly
      ScheduleExpression: cron(0 3 1 * ? *)
      Target: {Arn: !GetAtt OtherLambdaFunction.Arn, Input: '{"window":1}'}
`;

const files = {
  'serverless.yml': serverless,
  'functions.yml': functions,
  'resources/stores.yml': stores,
  'parts/small.yml': 'inner: {text: tiny}',
  'parts/large.yml': 'inner: {text: huge}',
};

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'template-'));
});
afterEach(() => rm(root, { recursive: true }));

const read = async (changes: Record<string, string> = {}, stage = 'dev') => {
  for (const [name, text] of Object.entries({ ...files, ...changes })) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return readTemplate(root, { stage, account: '000000000000', region: 'eu-west-1' });
};

const edited = (file: keyof typeof files, from: string, to: string) => ({
  [file]: files[file].replace(from, to),
});

describe('readTemplate', () => {
  test('resolves a function with everything that it names', async () => {
    const {
      functions: [validate],
    } = await read();
    expect(validate).toEqual({
      key: 'validateFile',
      logicalId: 'ValidateFileLambdaFunction',
      name: 'music-dev-validate',
      arn: 'arn:aws:lambda:eu-west-1:000000000000:function:music-dev-validate',
      entry: 'functions/validate.ts',
      handler: 'handler',
      role: 'arn:aws:iam::000000000000:role/music-dev-validaterole',
      environment: {
        STAGE: 'dev',
        BUCKET: 'music-dev-lake-000000000000',
        TABLE: 'music-dev-table',
        MAIL: 'music-dev',
        PART: 'tiny',
        ACCOUNT: '000000000000/dead',
        JOINED: 'music_dev_x',
        PICKED: 'b',
        CHOSEN: 'no!',
        KEEP: '7',
      },
      timeout: 60,
      memory: 1024,
      maximumRetryAttempts: 1,
      onFailure: 'dead',
      rules: [
        {
          name: 'landed',
          deadLetterQueue: 'dead',
          pattern: {
            source: ['aws.s3'],
            detail: { bucket: { name: ['music-dev-lake-000000000000'] }, size: [{ numeric: ['>', 0] }] },
          },
        },
      ],
      schedules: [{ name: 'music-dev-validate-2', expression: 'rate(2 hours)', input: { all: true } }],
    });
  });

  test('fills in what a function leaves out and gives it the schedules of other resources', async () => {
    const {
      functions: [, other],
    } = await read();
    expect(other).toMatchObject({
      name: 'music-dev-other',
      entry: 'functions/deep/other.ts',
      handler: 'run',
      timeout: 20,
      memory: 256,
      maximumRetryAttempts: 2,
      environment: { PEER: 'music-dev-validate' },
      rules: [],
      schedules: [{ name: 'monthly', expression: 'cron(0 3 1 * ? *)', input: { window: 1 } }],
    });
  });

  test('resolves tables, buckets, queues and jobs', async () => {
    const { tables, buckets, queues, jobs } = await read();
    expect(tables).toMatchObject([{ name: 'music-dev-table', indexes: [{ IndexName: 'g' }] }]);
    expect(buckets).toEqual([
      {
        ...{ logicalId: 'Lake', name: 'music-dev-lake-000000000000', versioning: true, events: true },
        keyArn: 'arn:aws:kms:eu-west-1:000000000000:key/music-dev-key',
      },
      { logicalId: 'Logs', name: 'music-dev-logs', versioning: false, events: false },
    ]);
    expect(queues).toMatchObject([{ name: 'dead', arn: 'arn:aws:sqs:eu-west-1:000000000000:dead' }]);
    expect(jobs).toEqual([
      {
        logicalId: 'Job',
        name: 'music-dev-transform',
        script: 'transform',
        maxConcurrentRuns: 3,
        timeoutMinutes: 2880,
        role: 'arn:aws:iam::000000000000:role/music-dev-jobrole',
      },
    ]);
  });

  test('resolves the roles that something runs with, no others, and the policies of resources', async () => {
    const { roles, policies } = await read();
    expect(roles.map(({ logicalId, policies }) => [logicalId, policies])).toEqual([
      [
        'ValidateRole',
        [
          {
            name: 'least',
            document: {
              Resource: [
                'arn:aws:s3:::music-dev-lake-000000000000/data/*',
                'arn:aws:logs:eu-west-1:000000000000:log-group:/aws/lambda/music-dev-validate:*',
              ],
            },
          },
          { name: 'wake', document: { Sid: 'AROA-music-dev-validaterole:*' } },
        ],
      ],
      ['JobRole', []],
    ]);
    expect(policies.map(({ name, resource }) => [name, resource])).toEqual([
      ['LakePolicy', 'arn:aws:s3:::music-dev-lake-000000000000'],
      ['DeadPolicy', 'arn:aws:sqs:eu-west-1:000000000000:dead'],
      ['Key', 'arn:aws:kms:eu-west-1:000000000000:key/music-dev-key'],
    ]);
  });

  test('reads another stage with its parameters and conditions', async () => {
    const {
      functions: [validate],
    } = await read({}, 'prod');
    expect(validate?.environment).toMatchObject({ STAGE: 'prod', PART: 'huge', CHOSEN: 'yes!', KEEP: '7' });
  });
});

describe('a template that cannot be read', () => {
  const cases: [string, Record<string, string>, RegExp][] = [
    [
      'a variable without value',
      edited('functions.yml', 'param:keep', 'param:gone'),
      /functions\.yml.*param:gone.*no value/,
    ],
    [
      'an unknown kind of variable',
      edited('functions.yml', 'param:keep', 'vault:keep'),
      /has the unknown variable source vault/,
    ],
    [
      'a variable that refers to itself',
      edited('serverless.yml', 'self:service}', 'self:custom.name}'),
      /refers to itself/,
    ],
    [
      'a file that is not there',
      edited('serverless.yml', 'file(functions.yml)', 'file(gone.yml)'),
      /^gone\.yml: cannot be read/,
    ],
    ['YAML that is broken', { 'resources/stores.yml': 'Resources: {a: [' }, /^resources\/stores\.yml: /],
    [
      'a reference to nothing',
      edited('functions.yml', '!Ref Table', '!Ref Tabel'),
      /^functions\.yml at validateFile\.environment\.TABLE: refers to Tabel/,
    ],
    [
      'an attribute that only AWS knows',
      edited('functions.yml', 'Dead.QueueName', 'Dead.Beauty'),
      /asks Dead for Beauty/,
    ],
    ['an unknown function', edited('functions.yml', '!Select', '!Cidr'), /uses Fn::Cidr/],
    [
      'an unknown event',
      edited('functions.yml', 'eventBridge: {schedule', 'sns: {schedule'),
      /functions\.yml at validateFile\.events\.1/,
    ],
    [
      'an option that the laptop would ignore',
      edited('functions.yml', 'input: {all: true}', 'inputPath: $.detail'),
      /validateFile\.events\.1/,
    ],
    [
      'a role that is not in the template',
      edited('functions.yml', '!GetAtt ValidateRole.Arn', 'arn:aws:iam::1:role/other'),
      /has no role arn:aws:iam::1:role\/other/,
    ],
    [
      'a role with policies of AWS',
      edited(
        'serverless.yml',
        'JobRole: {Type: AWS::IAM::Role}',
        'JobRole: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [a]}}',
      ),
      /JobRole.*does not know policies of AWS/,
    ],
    ['a schedule in other words', edited('functions.yml', 'rate(2 hours)', 'every day'), /every day/],
    [
      'a schedule that EventBridge rejects',
      edited('resources/stores.yml', 'cron(0 3 1 * ? *)', 'cron(0 3 1 * * *)'),
      /^resources\/stores\.yml at Resources\.Monthly.*needs \? in exactly one/,
    ],
    [
      'a schedule in another zone',
      edited('resources/stores.yml', 'Name: monthly', 'ScheduleExpressionTimezone: Europe/Madrid'),
      /must be UTC on this machine/,
    ],
    [
      'a handler without a name',
      edited('functions.yml', 'functions/validate.handler', 'validate'),
      /validateFile\.handler: must end/,
    ],
    [
      'a table without a key',
      edited('resources/stores.yml', 'KeySchema: [{AttributeName: pk, KeyType: HASH}]', 'Keys: []'),
      /^resources\/stores\.yml at Resources\.Table\.Properties\.KeySchema/,
    ],
  ];
  test.each(cases)('is rejected with file and place: %s', async (_, changes, message) => {
    await expect(read(changes)).rejects.toThrow(message);
  });
});

describe('the template of this project', () => {
  const deployment = readTemplate('.', { stage: 'dev', account: '000000000000', region: 'eu-west-1' });

  test('gives every function a queue for failures and something that wakes it', () => {
    expect(deployment.functions.map(({ name }) => name)).toContain('soundcheck-dev-validate-landing');
    for (const { name, onFailure, rules, schedules } of deployment.functions) {
      expect({ name, onFailure }).toEqual({ name, onFailure: 'soundcheck-dev-failed-invocations' });
      // Databases are pulled when another function asks for it.
      if (name.endsWith('-pull-databases')) continue;
      expect(rules.length + schedules.length).toBeGreaterThan(0);
    }
  });

  test('has a lake with versions and events, two tables, three jobs', () => {
    expect(deployment.buckets).toContainEqual(
      expect.objectContaining({ logicalId: 'LakeBucket', versioning: true, events: true }),
    );
    expect(deployment.tables.map(({ logicalId }) => logicalId).sort()).toEqual(['KpiTable', 'LedgerTable']);
    expect(deployment.jobs.map(({ script }) => script)).toEqual(['transform', 'quality', 'tables']);
  });

  test('says when items, objects and messages expire', () => {
    const { tables, buckets, queues } = deployment;
    expect(tables.find(({ logicalId }) => logicalId === 'KpiTable')).toMatchObject({ expiresBy: 'expires' });
    expect(tables.find(({ logicalId }) => logicalId === 'LedgerTable')).not.toHaveProperty('expiresBy');
    expect(buckets.find(({ logicalId }) => logicalId === 'LakeBucket')?.lifecycle).toEqual(
      expect.arrayContaining([
        {
          ID: 'staging',
          Filter: { Prefix: 'staging/' },
          Status: 'Enabled',
          Expiration: { Days: 14 },
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        },
        {
          ID: 'uploads',
          Filter: { Prefix: '' },
          Status: 'Enabled',
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
        },
      ]),
    );
    expect(new Set(queues.map(({ keepsFor }) => keepsFor))).toEqual(new Set([14 * 86_400]));
  });

  test('has a stream of listens only where it is asked for, which gathers as long as is asked', () => {
    expect(deployment.streams).toEqual([]);
    const params = { realtime: 'true', realtimeBufferSeconds: '7' };
    const { streams, roles } = readTemplate('.', { ...deployment, params });
    expect(streams).toMatchObject([
      { name: 'soundcheck-dev-listens', extension: '.jsonl', megabytes: 5, seconds: 7 },
    ]);
    expect(roles.map(({ arn }) => arn)).toContain(streams[0]?.role);
  });
});
