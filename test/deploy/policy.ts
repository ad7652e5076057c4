import { at, type Properties, resourcesOf, statementsOf, type Template } from './template.ts';

/** A rule that a template keeps: gives what breaks it, by logical id. */
export type PolicyRule = (template: Template) => string[];

const unscopable = new Set([
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'cloudwatch:PutMetricData',
  'redshift-data:DescribeStatement',
  'redshift-data:ListStatements',
  // Network interfaces of functions that run in a VPC.
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
]);

const each =
  (type: string, keeps: (properties: Properties, template: Template, id: string) => boolean): PolicyRule =>
  (template) =>
    resourcesOf(template, type)
      .filter(([id, properties]) => !keeps(properties, template, id))
      .map(([id]) => id);

const everyStatement = (keeps: (statement: ReturnType<typeof statementsOf>[number]) => boolean): PolicyRule =>
  each('AWS::IAM::Role', (_, template, id) => statementsOf(template, id).every(keeps));

const closed = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

const isTlsOnly = (bucket: string, template: Template): boolean =>
  resourcesOf(template, 'AWS::S3::BucketPolicy').some(
    ([, properties]) =>
      at(properties, 'Bucket', 'Ref') === bucket &&
      (at(properties, 'PolicyDocument', 'Statement') as unknown[]).some(
        (statement) =>
          at(statement, 'Effect') === 'Deny' &&
          String(at(statement, 'Condition', 'Bool', 'aws:SecureTransport')) === 'false',
      ),
  );

/** What every deployment keeps to, by the sentence that says it. */
export const policyRules: Readonly<Record<string, PolicyRule>> = {
  'functions run on arm64 and are traced': each(
    'AWS::Lambda::Function',
    (properties) =>
      at(properties, 'Architectures', 0) === 'arm64' && at(properties, 'TracingConfig', 'Mode') === 'Active',
  ),
  'no role is granted a wildcard action': everyStatement(({ Effect, Action }) =>
    Effect === 'Deny' ? true : Action.every((action) => !action.includes('*')),
  ),
  'a grant names its resources unless IAM cannot': everyStatement(
    ({ Action, Resource }) => !Resource.includes('*') || Action.every((action) => unscopable.has(action)),
  ),
  'buckets are encrypted, versioned, closed to the public and to plain HTTP': each(
    'AWS::S3::Bucket',
    (properties, template, id) =>
      at(properties, 'BucketEncryption') !== undefined &&
      at(properties, 'VersioningConfiguration', 'Status') === 'Enabled' &&
      closed.every((name) => at(properties, 'PublicAccessBlockConfiguration', name) === true) &&
      isTlsOnly(id, template),
  ),
  'tables are encrypted and can be restored to any second': each(
    'AWS::DynamoDB::Table',
    (properties) =>
      at(properties, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true &&
      at(properties, 'SSESpecification', 'SSEType') === 'KMS',
  ),
  'Glue never starts a run of its own': each(
    'AWS::Glue::Job',
    ({ MaxRetries, GlueVersion, Timeout }) =>
      MaxRetries === 0 && GlueVersion === '5.1' && Number(Timeout) > 0,
  ),
  'every target of a rule has a dead-letter queue and a retry policy': each(
    'AWS::Events::Rule',
    ({ Targets }) =>
      (Targets as Properties[]).every(
        (target) =>
          at(target, 'DeadLetterConfig', 'Arn') !== undefined && at(target, 'RetryPolicy') !== undefined,
      ),
  ),
  'every function is tried three times, then its event goes to a queue': each(
    'AWS::Lambda::Function',
    (_, template, id) =>
      resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').some(
        ([, config]) =>
          at(config, 'FunctionName', 'Ref') === id &&
          config.MaximumRetryAttempts === 2 &&
          at(config, 'DestinationConfig', 'OnFailure', 'Destination') !== undefined,
      ),
  ),
  'queues are encrypted and keep what they hold for two weeks': each(
    'AWS::SQS::Queue',
    ({ SqsManagedSseEnabled, MessageRetentionPeriod }) =>
      SqsManagedSseEnabled === true && MessageRetentionPeriod === 1_209_600,
  ),
};
