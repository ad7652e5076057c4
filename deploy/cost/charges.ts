import { assumptions } from './assumptions.ts';
import type { Line } from './lines.ts';
import { measured } from './measured.ts';
import type { PriceName } from './prices.ts';
import { monthHours, runsAMonth } from './schedule.ts';
import { at, type Created, numberAt, resolved, type Template } from './template.ts';

/** What is known besides the resource. */
export type Stage = {
  readonly template: Template;
  readonly created: readonly Created[];
  /** Silver tables. */
  readonly tables: number;
  /** What Redshift Serverless may use a day: a plugin sets it after the deployment. */
  readonly dailyRpuHours: number;
};

/** How a type of resource is charged. */
export type Charge =
  | { readonly free: string }
  | {
      /** What use of it costs, if it does. */
      readonly use?: string;
      readonly prices: readonly PriceName[];
      /** What it costs in a month in which nothing happens. */
      readonly idle?: (resource: Created, stage: Stage) => Line[];
    };

const one = (what: string, price: PriceName) => (): Line[] => [{ what, price, count: 1 }];

const free = (reason: string): Charge => ({ free: reason });
const permission = free('permissions cost nothing');
const network = free('it costs nothing by itself; what passes a NAT gateway or an interface endpoint does');

/** Every type of resource that the template may have. */
export const charges: Readonly<Record<string, Charge>> = {
  'AWS::Athena::NamedQuery': free('it is a text; running it costs what Athena scans'),
  'AWS::Logs::QueryDefinition': free('it is a text; running it costs what it scans'),
  'AWS::Athena::WorkGroup': { use: 'by what people scan', prices: ['athenaTb'] },
  'AWS::Budgets::Budget': free('a budget that only reports costs nothing'),
  'AWS::CloudWatch::Alarm': {
    prices: ['alarmMonth'],
    idle: ({ properties: { Metrics } }) => {
      const watched = ((Metrics as readonly unknown[] | undefined) ?? [{ MetricStat: {} }]).filter((metric) =>
        at(metric, 'MetricStat'),
      );
      return [{ what: 'metrics that alarms watch', price: 'alarmMonth', count: watched.length }];
    },
  },
  'AWS::CloudWatch::Dashboard': { prices: ['dashboardMonth'], idle: one('dashboard', 'dashboardMonth') },
  'AWS::DynamoDB::Table': {
    use: 'by reads, writes and what it holds, with its point-in-time recovery',
    prices: ['tableWrite', 'tableRead', 'tableMonth', 'tableBackupMonth'],
  },
  'AWS::EC2::EIP': {
    prices: ['addressHour'],
    idle: () => [{ what: 'public address of the NAT gateway', price: 'addressHour', count: monthHours }],
  },
  'AWS::EC2::FlowLog': {
    use: 'by the traffic of the network, which is next to nothing',
    prices: ['flowLogs'],
  },
  'AWS::EC2::InternetGateway': network,
  'AWS::EC2::NatGateway': {
    use: 'by what passes',
    prices: ['natHour', 'natGb'],
    idle: () => [{ what: 'NAT gateway', price: 'natHour', count: monthHours }],
  },
  'AWS::EC2::Route': network,
  'AWS::EC2::RouteTable': network,
  'AWS::EC2::SecurityGroup': network,
  'AWS::EC2::SecurityGroupEgress': network,
  'AWS::EC2::SecurityGroupIngress': network,
  'AWS::EC2::Subnet': network,
  'AWS::EC2::SubnetRouteTableAssociation': network,
  'AWS::EC2::VPC': network,
  'AWS::EC2::VPCEndpoint': {
    use: 'nothing for gateway endpoints (S3, DynamoDB)',
    prices: ['endpointHour'],
    idle: ({ properties: { VpcEndpointType, SubnetIds } }) =>
      VpcEndpointType === 'Gateway'
        ? []
        : [
            {
              what: 'endpoint of Secrets Manager, by zone',
              price: 'endpointHour',
              count: monthHours * (SubnetIds as readonly unknown[]).length,
            },
          ],
  },
  'AWS::EC2::VPCGatewayAttachment': network,
  'AWS::Events::Archive': { use: 'by the size of events', prices: ['archivedEvents', 's3Month'] },
  'AWS::Events::Rule': {
    use: 'nothing for the rule; by events of ours and of the lake that reach the bus',
    prices: [
      'event',
      'lambdaRequest',
      'lambdaGbSecond',
      'trace',
      'tableRead',
      's3Write',
      'logs',
      'metricMonth',
    ],
    idle: scheduledRuns,
  },
  'AWS::Glue::Classifier': free('a definition'),
  'AWS::Glue::Connection': free('a definition'),
  'AWS::Glue::Crawler': { use: 'by the minutes that it runs, ten at least', prices: ['dpuHour'] },
  'AWS::Glue::DataQualityRuleset': free('a text for people: the pipeline reads the rules from its packages'),
  'AWS::Glue::Database': free('the first million tables and partitions of an account cost nothing'),
  'AWS::Glue::Job': { use: 'by DPU-seconds, a minute at least for each run', prices: ['dpuHour'] },
  'AWS::Glue::SecurityConfiguration': free('a definition'),
  'AWS::Glue::Trigger': {
    prices: ['dpuHour'],
    idle: ({ properties: { StartOnCreation, Schedule } }) => {
      if (String(StartOnCreation) !== 'true') return [];
      const hours = assumptions.crawlerDpus.value * (assumptions.crawlerMinutes.value / 60);
      return [
        { what: 'crawler of landed files', price: 'dpuHour', count: runsAMonth(String(Schedule)) * hours },
      ];
    },
  },
  'AWS::IAM::Policy': permission,
  'AWS::IAM::Role': permission,
  'AWS::KMS::Alias': free('a name'),
  'AWS::KMS::Key': {
    use: 'by requests; S3 and DynamoDB keep data keys, so they ask seldom',
    prices: ['keyMonth', 'keyRequest'],
    idle: one('key of the stage', 'keyMonth'),
  },
  'AWS::KinesisFirehose::DeliveryStream': {
    use: 'by gigabytes, a record counts 5 KB at least',
    prices: ['firehoseGb'],
  },
  'AWS::Lambda::EventInvokeConfig': free('a setting'),
  'AWS::Lambda::Function': {
    use: 'by calls and GB-seconds',
    prices: ['lambdaRequest', 'lambdaGbSecond', 'trace', 'dpuHour'],
    idle: optimisers,
  },
  'AWS::Lambda::Permission': permission,
  'AWS::Logs::LogGroup': { use: 'by what functions and jobs log', prices: ['logs', 'logsMonth'] },
  'AWS::Logs::LogStream': free('its log is charged'),
  'AWS::Logs::MetricFilter': {
    use: 'by its metric, for the hours in which it counts something',
    prices: ['metricMonth'],
  },
  'AWS::Redshift::Cluster': {
    use: 'by what it holds',
    prices: ['nodeHour', 'secretMonth', 'warehouseMonth'],
    idle: ({ properties }, { template }) => [
      {
        what: `nodes of the warehouse (${expectedNode(properties.NodeType)})`,
        price: 'nodeHour',
        count: monthHours * nodesOf(template, properties.NumberOfNodes),
      },
      ...administratorOf(properties.ManageMasterPassword),
    ],
  },
  'AWS::Redshift::ClusterParameterGroup': free('settings'),
  'AWS::Redshift::ClusterSubnetGroup': free('settings'),
  'AWS::RedshiftServerless::Namespace': {
    use: 'by what it holds',
    prices: ['warehouseMonth', 'secretMonth'],
    idle: ({ properties }) => administratorOf(properties.ManageAdminPassword),
  },
  'AWS::RedshiftServerless::Workgroup': {
    use: 'by RPU-seconds while statements run, a minute at least each time',
    prices: ['rpuHour'],
  },
  'AWS::S3::Bucket': {
    use: 'by what it holds and by requests',
    prices: ['s3Month', 's3Write', 's3Read', 's3ArchiveMonth', 's3Transition'],
    idle: () => [{ what: 'bundles and scripts in S3', price: 's3Month', count: assumptions.idleGb.value }],
  },
  'AWS::S3::BucketPolicy': permission,
  'AWS::SNS::Subscription': { use: 'by mails', prices: ['mail'] },
  'AWS::SNS::Topic': { use: 'by mails', prices: ['mail'] },
  'AWS::SNS::TopicPolicy': permission,
  'AWS::SQS::Queue': { use: 'by messages: it holds failures only', prices: ['message'] },
  'AWS::SQS::QueuePolicy': permission,
  'AWS::Scheduler::Schedule': {
    use: 'nothing for the schedule (14 million calls a month are free); by the snapshots that are kept',
    prices: ['s3Month'],
  },
  'AWS::SecretsManager::Secret': { prices: ['secretMonth'], idle: one('secrets', 'secretMonth') },
};

/** Redshift keeps the password of its administrator in a secret. */
function administratorOf(isManaged: unknown): Line[] {
  return isManaged === true ? [{ what: 'secrets', price: 'secretMonth', count: 1 }] : [];
}

/** Redshift takes no number for one node. */
function nodesOf(template: Template, given: unknown): number {
  const [, , several] = (at(given, 'Fn::If') ?? []) as unknown[];
  return Number(resolved(template, several ?? given ?? 1));
}

/** The price table has one type of node. */
function expectedNode(type: unknown): string {
  if (type !== 'ra3.large') throw new Error(`the price table does not know the node ${type}`);
  return type;
}

/** The function that makes tables sets how often their optimisers look for something to delete. */
function optimisers({ properties }: Created, { template, tables }: Stage): Line[] {
  const variables = at(properties, 'Environment', 'Variables');
  if (at(variables, 'OPTIMISER_HOURS') === undefined) return [];
  const runs = (2 * tables * monthHours) / numberAt(template, variables, 'OPTIMISER_HOURS');
  const hours = (assumptions.optimiserDpus.value * assumptions.leastRunSeconds.value) / 3600;
  return [{ what: 'optimisers of silver tables', price: 'dpuHour', count: runs * hours }];
}

/** A schedule calls a function, which looks for work and finds none. */
function scheduledRuns({ properties }: Created, { template, created, tables }: Stage): Line[] {
  const { ScheduleExpression, Targets } = properties;
  if (ScheduleExpression === undefined) return [];
  const runs = runsAMonth(String(ScheduleExpression));
  const target = at(Targets, 0, 'Arn', 'Fn::GetAtt', 0);
  const called = created.find(({ id }) => id === target);
  if (!called) throw new Error(`the schedule ${ScheduleExpression} calls nothing that is known`);
  const gb = numberAt(template, called.properties, 'MemorySize') / 1024;
  const what = 'functions on a schedule';
  const calls: Line[] = [
    { what, price: 'lambdaRequest', count: runs },
    { what, price: 'lambdaGbSecond', count: runs * gb * assumptions.idleRunSeconds.value },
    { what, price: 'trace', count: runs },
    { what, price: 'logs', count: (runs * assumptions.idleRunLogKb.value) / 1024 ** 2 },
  ];
  if (target !== sweep) return calls;
  const isQuietWatched = String(at(called.properties, 'Environment', 'Variables', 'QUIET_ALARM')) === 'true';
  const days = isQuietWatched ? assumptions.silentDays.value * tables : 0;
  return [...calls, ...sweepCalls(runs, days), ...gauges(created)];
}

const sweep = 'SweepLambdaFunction';

function sweepCalls(runs: number, days: number): Line[] {
  const what = 'what the sweep asks the ledger and the lake';
  return [
    { what, price: 'tableRead', count: runs * (measured.sweep.tableReads + days) },
    { what, price: 's3Write', count: runs * measured.sweep.s3Writes },
  ];
}

/** The sweep measures what an alarm watches, each a metric of its own. */
function gauges(created: readonly Created[]): Line[] {
  const watched = created
    .filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
    .flatMap(({ properties }) => [
      properties,
      ...((properties.Metrics as readonly unknown[] | undefined) ?? []).map((metric) =>
        at(metric, 'MetricStat', 'Metric'),
      ),
    ])
    .filter((metric) => at(metric, 'Dimensions', 0, 'Name') === 'service')
    .map((metric) => at(metric, 'MetricName'));
  return [{ what: 'gauges that the sweep measures', price: 'metricMonth', count: new Set(watched).size }];
}
