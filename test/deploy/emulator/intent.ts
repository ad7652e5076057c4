import { at, type Properties } from '../template.ts';
import type { DeployedResource } from './resolved.ts';

/** Where an account holds a resource, and what it must say there: at least these members. */
type Intent = { readonly kind: string; readonly name: string; readonly says: unknown };

/** What a template says of a resource, in the words of the API that tells it. */
type Reading = (properties: Properties, name: string) => Intent;

const named =
  (kind: string, says: (properties: Properties) => unknown = (properties) => properties): Reading =>
  (properties, name) => ({ kind, name, says: says(properties) });

const without =
  (...names: string[]) =>
  (properties: Properties): Properties =>
    Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));

const afterLast = (text: unknown, separator: string): string => String(text).split(separator).at(-1) ?? '';

/** A list whose elements come in any order, and may be more: each of these is among them. */
class Among {
  constructor(readonly elements: readonly unknown[]) {}
}

/** Where a value does not say what it must, one text for each place; empty if it says all of it. */
export const differences = (wanted: unknown, found: unknown, path = ''): string[] => {
  if (wanted instanceof Among) {
    const all = Array.isArray(found) ? found : [];
    return wanted.elements
      .filter((one) => !all.some((each) => differences(one, each).length === 0))
      .map((one) => `${path} has no ${JSON.stringify(one)}`);
  }
  if (typeof wanted === 'object' && wanted !== null && (!Array.isArray(wanted) || isAsLong(wanted, found)))
    return Object.entries(wanted).flatMap(([name, inside]) =>
      differences(inside, at(found, name), `${path}.${name}`),
    );
  return wanted === found ? [] : [`${path} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`];
};

const isAsLong = (wanted: readonly unknown[], found: unknown): boolean =>
  Array.isArray(found) && found.length === wanted.length;

/**
 * Every type of resource that can be read back. What the emulator leaves out is not asked for; other tests look at it in the
 * template: the network of functions and of the endpoint for secrets, concurrent runs of jobs, keys of buckets, tables, secrets and topics, lifecycles, times
 * to live, and the metrics of alarms on expressions.
 */
export const readings: Readonly<Record<string, Reading>> = {
  'AWS::Lambda::Function': named('functions', without('Code', 'Tags', 'VpcConfig')),
  'AWS::Lambda::EventInvokeConfig': (properties) => ({
    kind: 'functions',
    name: String(properties.FunctionName),
    says: { Retries: without('FunctionName', 'Qualifier')(properties) },
  }),
  'AWS::Lambda::Permission': ({ FunctionName, Action, Principal, SourceArn }) => ({
    kind: 'functions',
    name: afterLast(FunctionName, ':'),
    says: {
      Policy: {
        Statement: new Among([
          {
            ...{ Effect: 'Allow', Principal: { Service: Principal }, Action, Resource: FunctionName },
            Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } },
          },
        ]),
      },
    },
  }),
  'AWS::Events::Rule': named('rules'),
  'AWS::Events::Archive': named('archives', ({ SourceArn, ...rest }) => ({
    ...rest,
    EventSourceArn: SourceArn,
  })),
  'AWS::S3::Bucket': named('buckets', (properties) => ({
    Versioning: at(properties, 'VersioningConfiguration', 'Status'),
    PublicAccess: properties.PublicAccessBlockConfiguration,
    SendsEvents: at(properties, 'NotificationConfiguration', 'EventBridgeConfiguration') !== undefined,
  })),
  'AWS::S3::BucketPolicy': ({ Bucket, PolicyDocument }) => ({
    kind: 'buckets',
    name: String(Bucket),
    says: { Policy: PolicyDocument },
  }),
  'AWS::DynamoDB::Table': named('tables', (properties) => ({
    KeySchema: properties.KeySchema,
    AttributeDefinitions: properties.AttributeDefinitions,
    BillingModeSummary: { BillingMode: properties.BillingMode },
    DeletionProtectionEnabled: properties.DeletionProtectionEnabled,
  })),
  'AWS::SQS::Queue': (properties) => ({
    kind: 'queues',
    name: String(properties.QueueName),
    says: {
      MessageRetentionPeriod: String(properties.MessageRetentionPeriod),
      SqsManagedSseEnabled: String(properties.SqsManagedSseEnabled),
    },
  }),
  'AWS::SQS::QueuePolicy': ({ Queues, PolicyDocument }) => ({
    kind: 'queues',
    name: afterLast(at(Queues, 0), '/'),
    says: { Policy: PolicyDocument },
  }),
  'AWS::KMS::Alias': ({ AliasName, TargetKeyId }) => ({
    kind: 'keys',
    name: String(TargetKeyId),
    says: { Alias: AliasName },
  }),
  'AWS::KMS::Key': named('keys', ({ KeyPolicy, EnableKeyRotation }) => ({
    Policy: KeyPolicy,
    Rotates: EnableKeyRotation,
  })),
  'AWS::IAM::Role': named('roles', ({ AssumeRolePolicyDocument, Policies = [], Tags = [] }) => ({
    AssumeRolePolicyDocument,
    Policies: Object.fromEntries(
      (Policies as Properties[]).map((policy) => [policy.PolicyName, policy.PolicyDocument]),
    ),
    Tags: Object.fromEntries((Tags as Properties[]).map((tag) => [tag.Key, tag.Value])),
  })),
  'AWS::SNS::Topic': ({ TopicName }) => ({ kind: 'topics', name: String(TopicName), says: {} }),
  'AWS::SNS::TopicPolicy': ({ Topics, PolicyDocument }) => ({
    kind: 'topics',
    name: afterLast(at(Topics, 0), ':'),
    says: { Policy: PolicyDocument },
  }),
  'AWS::Logs::LogGroup': named('logGroups', ({ RetentionInDays }) => ({ retentionInDays: RetentionInDays })),
  'AWS::Logs::MetricFilter': ({ LogGroupName, FilterPattern, MetricTransformations }) => ({
    kind: 'logGroups',
    name: String(LogGroupName),
    says: {
      Filters: new Among([
        {
          filterPattern: FilterPattern,
          metricTransformations: (MetricTransformations as Properties[]).map((each) => ({
            metricName: each.MetricName,
            metricNamespace: each.MetricNamespace,
            metricValue: each.MetricValue,
          })),
        },
      ]),
    },
  }),
  'AWS::CloudWatch::Alarm': named('alarms', without('Tags', 'Metrics')),
  'AWS::CloudWatch::Dashboard': named('dashboards', ({ DashboardBody }) => JSON.parse(String(DashboardBody))),
  'AWS::SecretsManager::Secret': ({ Name, Description }) => ({
    kind: 'secrets',
    name: String(Name),
    says: { Description },
  }),
  'AWS::Glue::Database': named('databases', ({ DatabaseInput }) => DatabaseInput),
  'AWS::Glue::Job': named('jobs', without('Tags', 'ExecutionProperty')),
  'AWS::Glue::Crawler': named('crawlers', without('Role')),
  'AWS::Glue::Classifier': named('classifiers', ({ CsvClassifier }) => CsvClassifier),
  'AWS::Glue::Connection': named('connections', ({ ConnectionInput }) => ConnectionInput),
  'AWS::Glue::Trigger': named('triggers', without('StartOnCreation')),
  'AWS::Glue::SecurityConfiguration': named('jobSecurity', ({ EncryptionConfiguration }) => {
    const { S3Encryptions, ...rest } = EncryptionConfiguration as Properties;
    return { EncryptionConfiguration: { ...rest, S3Encryption: S3Encryptions } };
  }),
  'AWS::Athena::WorkGroup': named('workgroups', ({ Name, State, Description, WorkGroupConfiguration }) => ({
    ...{ Name, State, Description },
    Configuration: WorkGroupConfiguration,
  })),
  'AWS::Athena::NamedQuery': (properties) => ({
    kind: 'queries',
    name: String(properties.Name),
    says: properties,
  }),
  'AWS::Scheduler::Schedule': named('schedules'),
  'AWS::EC2::VPC': named('vpcs', ({ CidrBlock }) => ({ CidrBlock })),
  'AWS::EC2::InternetGateway': named('internetGateways', () => ({})),
  'AWS::EC2::VPCGatewayAttachment': ({ InternetGatewayId, VpcId }) => ({
    kind: 'internetGateways',
    name: String(InternetGatewayId),
    says: { Attachments: new Among([{ VpcId }]) },
  }),
  'AWS::EC2::Subnet': named('subnets'),
  'AWS::EC2::RouteTable': named('routeTables'),
  'AWS::EC2::SubnetRouteTableAssociation': ({ RouteTableId, SubnetId }) => ({
    kind: 'routeTables',
    name: String(RouteTableId),
    says: { Associations: new Among([{ RouteTableId, SubnetId }]) },
  }),
  'AWS::EC2::Route': ({ RouteTableId, ...route }) => ({
    kind: 'routeTables',
    name: String(RouteTableId),
    says: { Routes: new Among([route]) },
  }),
  'AWS::EC2::VPCEndpoint': named('endpoints', without('PrivateDnsEnabled', 'SecurityGroupIds')),
  'AWS::EC2::SecurityGroup': named('securityGroups', ({ SecurityGroupEgress = [], VpcId }) => ({
    VpcId,
    IpPermissionsEgress: new Among(
      (SecurityGroupEgress as Properties[]).map((rule) => ({
        ...{ IpProtocol: rule.IpProtocol, FromPort: rule.FromPort, ToPort: rule.ToPort },
        IpRanges: [{ CidrIp: rule.CidrIp }],
      })),
    ),
  })),
  'AWS::EC2::SecurityGroupIngress': ({ GroupId, SourceSecurityGroupId, FromPort, ToPort }) => ({
    kind: 'securityGroups',
    name: String(GroupId),
    says: {
      IpPermissions: new Among([
        { FromPort, ToPort, UserIdGroupPairs: [{ GroupId: SourceSecurityGroupId }] },
      ]),
    },
  }),
  'AWS::EC2::SecurityGroupEgress': ({ GroupId, DestinationSecurityGroupId, FromPort, ToPort }) => ({
    kind: 'securityGroups',
    name: String(GroupId),
    says: {
      IpPermissionsEgress: new Among([
        { FromPort, ToPort, UserIdGroupPairs: [{ GroupId: DestinationSecurityGroupId }] },
      ]),
    },
  }),
};

/** What a resource must say where it is read back; policies of their own are read back with each of their roles. */
export const intentsOf = ({ type, name, properties }: DeployedResource): Intent[] => {
  if (type === 'AWS::IAM::Policy')
    return (properties.Roles as string[]).map((role) => ({
      kind: 'roles',
      name: role,
      says: { Policies: { [String(properties.PolicyName)]: properties.PolicyDocument } },
    }));
  const reading = readings[type];
  return reading ? [reading(properties, name)] : [];
};
