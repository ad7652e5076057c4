import { expect, test } from 'vitest';
import { policyRules } from './policy.ts';
import type { Template } from './template.ts';

const account = { Ref: 'AWS::AccountId' };

/** A resource with a policy that lets somebody in. */
function trusting(Principal: unknown, Condition: object, Action = 'a:Do') {
  const Statement = [{ Effect: 'Allow', Principal, Action, Condition }];
  return { Type: 'AWS::Any::Thing', Properties: { AnyDocument: { Statement } } };
}

/** The ARN of keys in the lake. */
const inLake = (path: string) => ({ 'Fn::Sub': `\${LakeBucket.Arn}/${path}` });

const broken: Record<string, Template['Resources']> = {
  'functions run on arm64 and are traced': {
    A: {
      Type: 'AWS::Lambda::Function',
      Properties: { Architectures: ['x86_64'], TracingConfig: { Mode: 'Active' } },
    },
  },
  'no role is granted a wildcard action': granted({
    Action: ['s3:Get*'],
    Resource: ['arn:aws:s3:::lake/data/*'],
  }),
  'a grant names its resources unless IAM cannot': granted({
    Action: ['xray:PutTraceSegments', 's3:GetObject'],
    Resource: ['*'],
  }),
  'buckets are encrypted, versioned, closed to the public and to plain HTTP': {
    A: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketEncryption: {},
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    },
  },
  'tables are encrypted and can be restored to any second': {
    A: { Type: 'AWS::DynamoDB::Table', Properties: { SSESpecification: { SSEType: 'KMS' } } },
  },
  'Glue never starts a run of its own': {
    A: { Type: 'AWS::Glue::Job', Properties: { MaxRetries: 1, GlueVersion: '5.1', Timeout: 60 } },
  },
  'every target of a rule has a dead-letter queue and a retry policy': {
    A: { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Arn: 'arn', RetryPolicy: {} }] } },
  },
  'every function is tried three times, then its event goes to a queue': {
    A: { Type: 'AWS::Lambda::Function' },
    Config: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'A' }, MaximumRetryAttempts: 2 },
    },
  },
  'a wildcard in a resource is in the list, with its reason': granted({
    Action: ['s3:GetObject'],
    Resource: [inLake('staging/*')],
  }),
  'no role has a policy of somebody else, or one that says only what it may not do': {
    A: {
      Type: 'AWS::IAM::Role',
      Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] },
    },
  },
  'a service may use roles and resources only for this account': {
    A: trusting({ Service: 'a' }, { Bool: { b: 'true' } }),
    Bound: trusting({ Service: 'a' }, { StringEquals: { 'aws:SourceAccount': account } }),
  },
  'what is open to everybody is open to this account only': {
    A: trusting('*', { Bool: { 'aws:SecureTransport': 'true' } }),
    Bound: trusting({ AWS: '*' }, { StringEquals: { 'kms:CallerAccount': account } }),
  },
  'no resource lets anybody do everything with it': {
    A: trusting({ AWS: 'arn' }, {}, 'sqs:*'),
    Owner: trusting(
      { AWS: { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root` } },
      {},
      'kms:*',
    ),
  },
  'only archive-files deletes from landing, and nobody what rests': granted({
    Action: ['s3:DeleteObjectVersion'],
    Resource: [inLake('data/*')],
  }),
  'each file of a run has one writer': granted({
    Action: ['s3:PutObject'],
    Resource: [inLake('runs/*')],
  }),
  'validate-landing writes reports and clean copies only': granted(
    { Action: ['s3:PutObject'], Resource: [inLake('data/quarantine/*')] },
    'ValidateLandingRole',
  ),
  'each secret has one reader': {
    ...granted({ Action: ['secretsmanager:GetSecretValue'], Resource: ['A'] }),
    B: {
      Type: 'AWS::IAM::Role',
      Properties: {
        Policies: [
          {
            PolicyDocument: {
              Statement: [{ Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: ['A'] }],
            },
          },
        ],
      },
    },
  },
  'queues are encrypted and keep what they hold for two weeks': {
    A: { Type: 'AWS::SQS::Queue', Properties: { SqsManagedSseEnabled: true } },
  },
};

function granted(grant: { Action: string[]; Resource: unknown[] }, role = 'A'): Template['Resources'] {
  const policy = { PolicyDocument: { Statement: [{ Sid: 'A', Effect: 'Allow', ...grant }] } };
  return {
    [role]: { Type: 'AWS::IAM::Role', Properties: { Policies: [] } },
    Attached: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: role }], ...policy } },
  };
}

/** What a rule names, where it is no resource called A. */
const namesOf: Readonly<Record<string, string>> = {
  'validate-landing writes reports and clean copies only': 'ValidateLandingRole',
  'each secret has one reader': '"A"',
};

test.each(Object.entries(policyRules))('finds what breaks the rule that %s', (name, rule) => {
  expect(rule({ Resources: broken[name] ?? {} })).toEqual([namesOf[name] ?? 'A']);
});

test('finds two writers of one file, each with a name of its own', () => {
  const Resource = [inLake('runs/*/quality.spec.json')];
  const one = granted({ Action: ['s3:PutObject'], Resource });
  const rule = policyRules['each file of a run has one writer'];
  expect(rule?.({ Resources: one })).toEqual([]);
  const Roles = [{ Ref: 'A' }, { Ref: 'B' }];
  const { A, Attached } = one;
  const both = { A, B: A, Attached: { ...Attached, Properties: { ...Attached?.Properties, Roles } } };
  expect(rule?.({ Resources: both } as Template)).toEqual([JSON.stringify(Resource[0])]);
});

test.each([
  ['another account', { StringEquals: { 'aws:SourceAccount': '123456789012' } }],
  ['every account', { StringLike: { 'aws:SourceAccount': '*' } }],
  ['all accounts but this one', { StringNotEquals: { 'aws:SourceAccount': account } }],
  ['callers that name no account', { StringEqualsIfExists: { 'aws:SourceAccount': account } }],
])('a service that acts for %s is not bound to this one', (_, condition) => {
  const rule = policyRules['a service may use roles and resources only for this account'];
  expect(rule?.({ Resources: { A: trusting({ Service: 'a' }, condition) } })).toEqual(['A']);
});

test('a policy that lists what it does not grant is found', () => {
  const Policies = [
    { PolicyDocument: { Statement: [{ Effect: 'Allow', NotAction: ['s3:*'], Resource: ['A'] }] } },
  ];
  const rule = policyRules['no role has a policy of somebody else, or one that says only what it may not do'];
  expect(rule?.({ Resources: { A: { Type: 'AWS::IAM::Role', Properties: { Policies } } } })).toEqual(['A']);
});
