import { expect, test } from 'vitest';
import { policyRules } from './policy.ts';
import type { Template } from './template.ts';

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
  'queues are encrypted and keep what they hold for two weeks': {
    A: { Type: 'AWS::SQS::Queue', Properties: { SqsManagedSseEnabled: true } },
  },
};

function granted(grant: { Action: string[]; Resource: string[] }): Template['Resources'] {
  const policy = { PolicyDocument: { Statement: [{ Sid: 'A', Effect: 'Allow', ...grant }] } };
  return {
    A: { Type: 'AWS::IAM::Role', Properties: { Policies: [] } },
    Attached: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'A' }], ...policy } },
  };
}

test.each(Object.entries(policyRules))('finds what breaks the rule that %s', (name, rule) => {
  expect(rule({ Resources: broken[name] ?? {} })).toEqual(['A']);
});
