import { at, type Properties, resourcesOf, statementsOf, type Template } from './template.ts';

/** A rule that a template keeps: gives what breaks it, by logical id. */
export type PolicyRule = (template: Template) => string[];

/** Actions that IAM cannot limit to a resource, each with what limits it. */
const unscopable: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': 'writes only',
  'xray:PutTelemetryRecords': 'writes only',
  'cloudwatch:PutMetricData': 'a condition on the namespace',
  'redshift-data:DescribeStatement': 'a condition on the sender of the statement',
  'redshift-data:ListStatements': 'a condition on the sender of the statement',
  'redshift-data:GetStatementResult': 'a condition on the sender of the statement',
  'glue:GetClassifier': 'reads settings only',
  'glue:GetSecurityConfiguration': 'reads settings only',
  'ec2:CreateNetworkInterface': 'Lambda makes it for functions in a network',
  'ec2:DescribeNetworkInterfaces': 'reads only',
  'ec2:DescribeSubnets': 'reads only',
  'ec2:DeleteNetworkInterface': 'Lambda makes it for functions in a network',
  'ec2:AssignPrivateIpAddresses': 'Lambda makes it for functions in a network',
  'ec2:UnassignPrivateIpAddresses': 'Lambda makes it for functions in a network',
};

const each =
  (type: string, keeps: (properties: Properties, template: Template, id: string) => boolean): PolicyRule =>
  (template) =>
    resourcesOf(template, type)
      .filter(([id, properties]) => !keeps(properties, template, id))
      .map(([id]) => id);

const everyStatement = (keeps: (statement: ReturnType<typeof statementsOf>[number]) => boolean): PolicyRule =>
  each('AWS::IAM::Role', (_, template, id) => statementsOf(template, id).every(keeps));

/** Where policies of resources and trust of roles stand, by type. */
const documents: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'AssumeRolePolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
  'AWS::S3::BucketPolicy': 'PolicyDocument',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
};

/** What binds a service to resources of this account. Logs of a key are named in its encryption context. */
const ofAccount = [
  ...['aws:SourceAccount', 'aws:SourceArn', 'kms:EncryptionContext:aws:logs:arn'],
  // Firehose gives the account as this.
  'sts:ExternalId',
];

const isBound = (statement: unknown): boolean =>
  at(statement, 'Effect') !== 'Allow' ||
  at(statement, 'Principal', 'Service') === undefined ||
  Object.values((at(statement, 'Condition') ?? {}) as object).some((lines) =>
    ofAccount.some((key) => key in (lines as object)),
  );

/** What a role is granted on the keys of a bucket: actions with the text after the bucket's ARN. */
const keyGrantsOf = (template: Template, role: string): { action: string; path: string }[] =>
  statementsOf(template, role)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      Resource.flatMap((resource) => {
        const [, path] = /^\$\{LakeBucket\.Arn\}\/(.*)$/.exec(String(at(resource, 'Fn::Sub'))) ?? [];
        return path === undefined ? [] : Action.map((action) => ({ action, path }));
      }),
    );

const everyKeyGrant = (
  keeps: (grant: { role: string; action: string; path: string }) => boolean,
): PolicyRule =>
  each('AWS::IAM::Role', (_, template, role) =>
    keyGrantsOf(template, role).every((grant) => keeps({ role, ...grant })),
  );

const isWriting = (action: string): boolean => /^s3:(Put|Delete)/.test(action);

/** Resources of an action that more than one role is granted. */
const sharedBetweenRoles = (template: Template, action: string, isMeant: (resource: string) => boolean) => {
  const granted = resourcesOf(template, 'AWS::IAM::Role').map(([role]) => [
    ...new Set(
      statementsOf(template, role)
        .filter(({ Effect, Action }) => Effect === 'Allow' && Action.includes(action))
        .flatMap(({ Resource }) => Resource.map((resource) => JSON.stringify(resource))),
    ),
  ]);
  const all = granted.flat().filter(isMeant);
  return all.filter((resource, index) => all.indexOf(resource) !== index);
};

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
    ({ Action, Resource }) => !Resource.includes('*') || Action.every((action) => action in unscopable),
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
  // A service that acts for another account must not use what is ours (confused deputy).
  'a service may use roles and resources only for this account': (template) =>
    Object.entries(documents).flatMap(([type, name]) =>
      each(type, (properties) =>
        ([at(properties, name, 'Statement') ?? []].flat() as unknown[]).every(isBound),
      )(template),
    ),
  // Landed bytes exist once, until they are archived.
  'only archive-files deletes from landing, and nobody what rests': everyKeyGrant(
    ({ role, action, path }) =>
      !action.startsWith('s3:DeleteObject') ||
      /^(staging|lake)\//.test(path) ||
      (role === 'ArchiveFilesRole' && path === 'data/*'),
  ),
  // A spec or a result that another function could write would say what has not happened.
  'each file of a run has one writer': (template) => {
    const isRun = (resource: string) => /\/runs\//.test(resource);
    const isNamed = everyKeyGrant(
      ({ action, path }) =>
        !isWriting(action) || !path.startsWith('runs/') || /^runs\/\*\/\w+\.\w+\.json$/.test(path),
    )(template);
    return [...isNamed, ...sharedBetweenRoles(template, 's3:PutObject', isRun)];
  },
  // It reads bytes that strangers wrote.
  'validate-landing writes reports and clean copies only': everyKeyGrant(
    ({ role, action, path }) =>
      role !== 'ValidateLandingRole' ||
      !isWriting(action) ||
      (action === 's3:PutObject' &&
        /^(data\/quarantine\/\*\.(report|reprocess)\.json|staging\/clean\/\*)$/.test(path)),
  ),
  // Who reads a secret can use it for anything.
  'each secret has one reader': (template) =>
    sharedBetweenRoles(template, 'secretsmanager:GetSecretValue', () => true),
};
