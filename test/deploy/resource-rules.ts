import type { PolicyRule } from './policy.ts';
import { at, type Properties, type Resource, referred, resourcesOf, type Template } from './template.ts';

/** A rule about resources, why it holds here, and the rules of public packs that ask for it. */
export type ResourceRule = {
  readonly reason: string;
  /** Ids of cdk-nag's AwsSolutions pack. */
  readonly packs?: readonly string[];
  readonly breaks: PolicyRule;
};

const each =
  (type: string, keeps: (properties: Properties, template: Template, id: string) => boolean): PolicyRule =>
  (template) =>
    resourcesOf(template, type)
      .filter(([id, properties]) => !keeps(properties, template, id))
      .map(([id]) => id);

const both =
  (...rules: readonly PolicyRule[]): PolicyRule =>
  (template) =>
    rules.flatMap((rule) => rule(template));

const all = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

const isTrue = (value: unknown): boolean => String(value) === 'true';

/** Whether a policy of that type denies requests without TLS to the resource. */
const deniesPlainHttp = (template: Template, type: string, names: string, id: string): boolean =>
  resourcesOf(template, type).some(
    ([, properties]) =>
      all(properties[names]).some((name) => referred(name) === id) &&
      all(at(properties, 'PolicyDocument', 'Statement')).some(
        (statement) =>
          at(statement, 'Effect') === 'Deny' &&
          String(at(statement, 'Condition', 'Bool', 'aws:SecureTransport')) === 'false',
      ),
  );

/** Resources that hold data of users; roles and rules can be made again. */
const holdingData = new Set([
  'AWS::S3::Bucket',
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::RedshiftServerless::Namespace',
  'AWS::Redshift::Cluster',
  'AWS::SecretsManager::Secret',
]);

/** Types with alarms: each says what it means and what to run. */
const command = /\bnpx soundcheck \w+/;

const isOpen = (rule: unknown): boolean =>
  ['0.0.0.0/0', '::/0'].includes(String(at(rule, 'CidrIp') ?? at(rule, 'CidrIpv6')));

const parameter = (properties: Properties, list: string, name: string, key = 'ParameterKey'): unknown =>
  at(
    all(properties[list]).find((one) => at(one, key ?? '') === name),
    key === 'ParameterKey' ? 'ParameterValue' : 'ParameterValue',
  );

/** Texts of a resource, wherever they are in it. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

const hasSecretValue = ({ SecretString, GenerateSecretString }: Properties): boolean =>
  SecretString !== undefined || GenerateSecretString !== undefined;

const keptWith = ({ DeletionPolicy, UpdateReplacePolicy }: Resource & Kept): boolean =>
  ['Delete', 'RetainExceptOnCreate'].includes(DeletionPolicy ?? '') &&
  /^(Retain|Snapshot)$/.test(UpdateReplacePolicy ?? '');

type Kept = { readonly DeletionPolicy?: string; readonly UpdateReplacePolicy?: string };

/** What the resources of every stage keep to, besides the rules about roles. */
export const resourceRules: Readonly<Record<string, ResourceRule>> = {
  'keys are rotated each year': {
    reason: 'A key that leaks must not open what is written years later.',
    packs: ['KMS5'],
    breaks: each('AWS::KMS::Key', ({ EnableKeyRotation }) => EnableKeyRotation === true),
  },
  'topics are encrypted and reject plain HTTP': {
    reason: 'An alarm names files and errors.',
    packs: ['SNS3'],
    breaks: each(
      'AWS::SNS::Topic',
      ({ KmsMasterKeyId }, template, id) =>
        KmsMasterKeyId !== undefined && deniesPlainHttp(template, 'AWS::SNS::TopicPolicy', 'Topics', id),
    ),
  },
  'queues reject plain HTTP': {
    reason: 'A dead letter holds the names of files.',
    packs: ['SQS2', 'SQS3', 'SQS4'],
    breaks: each('AWS::SQS::Queue', (_, template, id) =>
      deniesPlainHttp(template, 'AWS::SQS::QueuePolicy', 'Queues', id),
    ),
  },
  'access to the lake is logged': {
    reason: 'Who has read a file of personal data must be known afterwards.',
    packs: ['S1'],
    breaks: each(
      'AWS::S3::Bucket',
      (properties, _, id) =>
        id !== 'LakeBucket' || at(properties, 'LoggingConfiguration', 'DestinationBucketName') !== undefined,
    ),
  },
  'buckets of ours take no access lists and end what was not finished': {
    reason: 'A list of another owner could open an object; parts of uploads cost money and are seen nowhere.',
    breaks: each(
      'AWS::S3::Bucket',
      (properties, _, id) =>
        id === 'ServerlessDeploymentBucket' ||
        at(properties, 'OwnershipControls', 'Rules', 0, 'ObjectOwnership') === 'BucketOwnerEnforced',
    ),
  },
  'functions run on the newest Node and for no longer than 15 minutes': {
    reason: 'A runtime that AWS has given up is blocked one day.',
    packs: ['L1'],
    breaks: each(
      'AWS::Lambda::Function',
      ({ Runtime, Timeout }) => Runtime === 'nodejs24.x' && Number(Timeout) <= 900,
    ),
  },
  'a function can be called by events of this account only': {
    reason: 'Without the source, any account could have EventBridge call the function.',
    packs: ['EVB1'],
    breaks: each(
      'AWS::Lambda::Permission',
      ({ SourceArn, SourceAccount }) => SourceArn !== undefined || SourceAccount !== undefined,
    ),
  },
  'logs are kept for a limited time': {
    reason: 'Logs cost money for ever, and may name files of people who asked to be forgotten.',
    breaks: each('AWS::Logs::LogGroup', ({ RetentionInDays }) => Number(RetentionInDays) > 0),
  },
  'jobs and the crawler encrypt what they write, logs and bookmarks included': {
    reason: 'Spark spills rows to disk and quotes values in errors.',
    packs: ['GL1', 'GL3'],
    breaks: both(
      each('AWS::Glue::Job', ({ SecurityConfiguration }) => SecurityConfiguration !== undefined),
      each(
        'AWS::Glue::Crawler',
        ({ CrawlerSecurityConfiguration }) => CrawlerSecurityConfiguration !== undefined,
      ),
      each('AWS::Glue::SecurityConfiguration', ({ EncryptionConfiguration }) =>
        [
          at(EncryptionConfiguration, 'S3Encryptions', 0, 'S3EncryptionMode') === 'SSE-KMS',
          at(EncryptionConfiguration, 'CloudWatchEncryption', 'CloudWatchEncryptionMode') === 'SSE-KMS',
          at(EncryptionConfiguration, 'JobBookmarksEncryption', 'JobBookmarksEncryptionMode') === 'CSE-KMS',
        ].every(Boolean),
      ),
    ),
  },
  'queries of people are encrypted, cannot choose otherwise, and have a limit': {
    reason: 'One forgotten condition reads the whole lake, at five US dollars a terabyte.',
    packs: ['ATH1'],
    breaks: each(
      'AWS::Athena::WorkGroup',
      ({ WorkGroupConfiguration: set }) =>
        at(set, 'EnforceWorkGroupConfiguration') === true &&
        Number(at(set, 'BytesScannedCutoffPerQuery')) > 0 &&
        at(set, 'ResultConfiguration', 'EncryptionConfiguration', 'EncryptionOption') === 'SSE_KMS',
    ),
  },
  'the warehouse is private, encrypted, asks for TLS, logs and has no password of ours': {
    reason: 'It holds everything; nobody connects to it but through the Data API.',
    packs: ['RS1', 'RS2', 'RS3', 'RS5', 'RS6', 'RS8', 'RS9', 'RS10', 'RS11'],
    breaks: both(
      each(
        'AWS::RedshiftServerless::Namespace',
        ({ ManageAdminPassword, AdminUserPassword, KmsKeyId, LogExports, AdminUsername }) =>
          isTrue(ManageAdminPassword) &&
          AdminUserPassword === undefined &&
          AdminUsername !== 'awsuser' &&
          KmsKeyId !== undefined &&
          all(LogExports).length === 3,
      ),
      each(
        'AWS::RedshiftServerless::Workgroup',
        (properties) =>
          properties.PubliclyAccessible === false &&
          all(properties.SubnetIds).length === 3 &&
          Number(properties.MaxCapacity) >= Number(properties.BaseCapacity) &&
          isTrue(parameter(properties, 'ConfigParameters', 'require_ssl')),
      ),
      each(
        'AWS::Redshift::Cluster',
        (properties) =>
          properties.PubliclyAccessible === false &&
          isTrue(properties.Encrypted) &&
          isTrue(properties.ManageMasterPassword) &&
          properties.MasterUserPassword === undefined &&
          properties.MasterUsername !== 'awsuser' &&
          properties.ClusterSubnetGroupName !== undefined &&
          properties.AllowVersionUpgrade === true &&
          Number(properties.AutomatedSnapshotRetentionPeriod) > 0 &&
          all(at(properties, 'LoggingProperties', 'LogExports')).length === 3,
      ),
      each('AWS::Redshift::ClusterParameterGroup', (properties) =>
        ['require_ssl', 'enable_user_activity_logging'].every((name) =>
          isTrue(parameter(properties, 'Parameters', name, 'ParameterName')),
        ),
      ),
    ),
  },
  'no security group lets the world in, and each says what it is for': {
    reason: 'Nothing inside of the network serves anyone outside.',
    packs: ['EC23', 'EC27'],
    breaks: both(
      each(
        'AWS::EC2::SecurityGroup',
        ({ SecurityGroupIngress, GroupDescription }) =>
          !all(SecurityGroupIngress).some(isOpen) && String(GroupDescription ?? '') !== '',
      ),
      each('AWS::EC2::SecurityGroupIngress', (properties) => !isOpen(properties)),
      each('AWS::EC2::Subnet', ({ MapPublicIpOnLaunch }) => !MapPublicIpOnLaunch),
    ),
  },
  'the traffic of the network is logged, and no list of rules hides behind another': {
    reason: 'What a function has sent to an unknown address must be found.',
    packs: ['VPC3', 'VPC7'],
    breaks: both(
      each('AWS::EC2::VPC', (_, template, id) =>
        resourcesOf(template, 'AWS::EC2::FlowLog').some(([, { ResourceId }]) => referred(ResourceId) === id),
      ),
      each('AWS::EC2::NetworkAcl', () => false),
    ),
  },
  'secrets have our key and no value': {
    reason: 'A value in a template is read by everybody who may read the stack.',
    breaks: each(
      'AWS::SecretsManager::Secret',
      (properties) => properties.KmsKeyId !== undefined && !hasSecretValue(properties),
    ),
  },
  'a stream is encrypted, lands nothing that failed, and says why it failed': {
    reason:
      'It holds personal data; what is under data/ is validated; and it is off unless a stage asks for it.',
    packs: ['KDF1'],
    breaks: (template) =>
      each('AWS::KinesisFirehose::DeliveryStream', (properties, { Resources }, id) => {
        const to = properties.ExtendedS3DestinationConfiguration;
        return (
          at(properties, 'DeliveryStreamEncryptionConfigurationInput', 'KeyARN') !== undefined &&
          at(to, 'EncryptionConfiguration', 'KMSEncryptionConfig') !== undefined &&
          String(at(to, 'ErrorOutputPrefix')).startsWith('staging/') &&
          at(to, 'CloudWatchLoggingOptions', 'Enabled') === true &&
          at(Resources[id], 'Condition') === 'IsRealtime'
        );
      })(template),
  },
  'what holds data is kept or deleted as the stage says, and is never replaced with a loss': {
    reason: 'A changed name would make CloudFormation create an empty table and delete the old one.',
    breaks: ({ Resources }) =>
      Object.entries(Resources)
        .filter(([id, { Type }]) => holdingData.has(Type) && id !== 'ServerlessDeploymentBucket')
        .filter(([, resource]) => !keptWith(resource))
        .map(([id]) => id),
  },
  'every alarm tells somebody, says what it means and names the command that helps': {
    reason: 'At night a name is not enough.',
    breaks: each(
      'AWS::CloudWatch::Alarm',
      ({ AlarmActions, AlarmDescription, TreatMissingData }) =>
        all(AlarmActions).length > 0 &&
        TreatMissingData !== undefined &&
        command.test(String(AlarmDescription)) &&
        String(AlarmDescription).length <= 1024,
    ),
  },
  'schedules keep what they could not do': {
    reason: 'A pull of a month that did not start would be missed for ever.',
    breaks: each(
      'AWS::Scheduler::Schedule',
      ({ Target }) =>
        at(Target, 'DeadLetterConfig', 'Arn') !== undefined && at(Target, 'RetryPolicy') !== undefined,
    ),
  },
  'events are archived for a limited time': {
    reason: 'An archive without an end costs more each month.',
    breaks: each('AWS::Events::Archive', ({ RetentionDays }) => Number(RetentionDays) > 0),
  },
  'rulesets are what Glue accepts: up to 65 KB, LF only, with rules': {
    reason: 'The console shows people the same rules that the pipeline checks.',
    breaks: each('AWS::Glue::DataQualityRuleset', ({ Ruleset }) => {
      const text = String(Ruleset);
      return (
        Buffer.byteLength(text) <= 65_536 && !text.includes('\r') && /^\s*(#.*\n\s*)*Rules = \[/.test(text)
      );
    }),
  },
  'no text names an account, a region or a partition': {
    reason: 'The same template is deployed to other accounts, and to China.',
    breaks: ({ Resources }) =>
      Object.entries(Resources)
        .filter(([, resource]) =>
          textsIn(resource).some((text) => /\barn:aws[\w-]*:|\b\d{12}\b|\beu-west-1\b/.test(text)),
        )
        .map(([id]) => id),
  },
};

/** Rules of the pack for types that we have, and that do not hold here. */
export const exceptions: Readonly<Record<string, string>> = {
  S2: 'kept: policy.ts closes every bucket to the public',
  S5: 'there is no web site',
  S10: 'kept: policy.ts has every bucket of ours reject plain HTTP',
  DDB3: 'kept: policy.ts has every table restored to any second',
  IAM4: 'kept: no role has a managed policy, its own list says all',
  IAM5: 'actions without wildcards; wildcards of resources end a path that the role works in (policy.ts)',
  RS4: 'nobody connects to the port: the security group lets nobody in',
  SMG4: 'the secret belongs to the shop, which alone can change it (docs/deploy.md)',
};
