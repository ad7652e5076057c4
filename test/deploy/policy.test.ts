import { expect, test } from 'vitest';
import { policyRules } from './policy.ts';
import type { Template } from './template.ts';

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
  'a service may use roles and resources only for this account': {
    A: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [{ Effect: 'Allow', Principal: { Service: 'a' }, Condition: { Bool: { b: 'true' } } }],
        },
      },
    },
    Bound: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        PolicyDocument: {
          Statement: {
            ...{ Effect: 'Allow', Principal: { Service: 'a' } },
            Condition: { StringEquals: { 'aws:SourceAccount': '1' } },
          },
        },
      },
    },
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
