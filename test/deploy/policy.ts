import { at, type Properties, resourcesOf, statementsOf, type Template } from './template.ts';
import { shortOf, wildcards } from './wildcards.ts';

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

/** A statement of a resource's policy or of a role's trust. */
type Open = { readonly Principal: unknown; readonly Condition: unknown; readonly Action: unknown };

/** Statements that let somebody in, wherever they are in a value. */
const openings = (value: unknown): Open[] => {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(openings);
  const isOpen = 'Principal' in value && at(value, 'Effect') === 'Allow';
  return isOpen ? [value as Open, ...inside] : inside;
};

const everyOpening =
  (keeps: (opening: Open) => boolean): PolicyRule =>
  ({ Resources }) =>
    Object.entries(Resources)
      .filter(([, { Properties: given }]) => !openings(given).every(keeps))
      .map(([id]) => id);

/** Conditions that bind to this account. Logs of a key are named in its encryption context; Firehose gives the account as an external id. */
const ofAccount = [
  ...['aws:SourceAccount', 'aws:SourceArn', 'kms:CallerAccount', 'sts:ExternalId'],
  'kms:EncryptionContext:aws:logs:arn',
];

/** Negated operators, and those that are true where the key is missing, bind to nothing. */
const binding = ['StringEquals', 'ArnEquals', 'ArnLike'];

const isBound = ({ Condition }: Open): boolean =>
  binding.some((operator) =>
    Object.entries((at(Condition, operator) ?? {}) as object).some(
      ([key, value]) => ofAccount.includes(key) && JSON.stringify(value).includes('AWS::AccountId'),
    ),
  );

const isService = ({ Principal }: Open): boolean => at(Principal, 'Service') !== undefined;

const isEverybody = ({ Principal }: Open): boolean =>
  [Principal, at(Principal, 'AWS')].flat().some((one) => one === '*');

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
  'no role is granted a wildcard action': everyStatement(({ Effect, Action = [] }) =>
    Effect === 'Deny' ? true : Action.every((action) => !action.includes('*')),
  ),
  'a grant names its resources unless IAM cannot': everyStatement(
    ({ Action, Resource }) => !Resource.includes('*') || Action.every((action) => action in unscopable),
  ),
  'a wildcard in a resource is in the list, with its reason': everyStatement(({ Effect, Resource }) =>
    Resource.every((resource) => {
      const text = String(at(resource, 'Fn::Sub') ?? resource);
      return (
        Effect === 'Deny' ||
        text === '*' ||
        !/[*?]/.test(text.replace(/-\?{6}$/, '')) ||
        shortOf(text) in wildcards
      );
    }),
  ),
  // Its list of what it may do is all that it may do.
  'no role has a policy of somebody else, or one that says only what it may not do': (template) => [
    ...each('AWS::IAM::Role', ({ ManagedPolicyArns }) => ManagedPolicyArns === undefined)(template),
    ...each('AWS::IAM::ManagedPolicy', () => false)(template),
    ...everyStatement((statement) => !('NotAction' in statement || 'NotResource' in statement))(template),
  ],
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
  'a service may use roles and resources only for this account': everyOpening(
    (opening) => !isService(opening) || isBound(opening),
  ),
  'what is open to everybody is open to this account only': everyOpening(
    (opening) => !isEverybody(opening) || isBound(opening),
  ),
  // Only the key's own account, without which nobody could change the key.
  'no resource lets anybody do everything with it': everyOpening(
    ({ Principal, Action }) =>
      ![Action].flat().some((action) => String(action).includes('*')) ||
      /^arn:\$\{AWS::Partition\}:iam::\$\{AWS::AccountId\}:root$/.test(
        String(at(Principal, 'AWS', 'Fn::Sub')),
      ),
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
