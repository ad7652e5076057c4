/** Where a price was read. */
export type Evidence =
  /** A copy of AWS's public price list for the region. */
  | { readonly list: string }
  /** A copy of the pricing page, which shows the prices of other regions only in part. */
  | { readonly page: string }
  /** It could not be confirmed: compare it with the page before a decision depends on it. */
  | 'memory';

export type Price = {
  /** What costs it. */
  readonly unit: string;
  readonly usd: number;
  /** The last part of `https://aws.amazon.com/<page>/pricing/`. */
  readonly page: string;
  readonly seen: Evidence;
};

/** The region of all prices. */
export const region = 'eu-west-1';
/** When the prices were collected. */
export const collected = '2026-11-30';

/** List prices in US dollars, first tier, without taxes, discounts and free allowances. */
export const prices = {
  lambdaRequest: { unit: 'call of a function', usd: 0.0000002, page: 'lambda', seen: { list: '2026-10-01' } },
  lambdaGbSecond: {
    unit: 'GB-second of a function on arm64',
    usd: 0.0000133334,
    page: 'lambda',
    seen: { list: '2026-10-01' },
  },
  trace: { unit: 'trace of X-Ray', usd: 0.000005, page: 'xray', seen: 'memory' },
  s3Month: { unit: 'GB in S3 for a month', usd: 0.023, page: 's3', seen: { list: '2026-09-28' } },
  s3Write: { unit: 'PUT, COPY or LIST of S3', usd: 0.000005, page: 's3', seen: { list: '2026-09-28' } },
  s3Read: { unit: 'GET of S3', usd: 0.0000004, page: 's3', seen: { list: '2026-09-28' } },
  s3ArchiveMonth: {
    unit: 'GB in Glacier Instant Retrieval for a month',
    usd: 0.005,
    page: 's3',
    seen: 'memory',
  },
  s3Transition: {
    unit: 'object moved to Glacier Instant Retrieval',
    usd: 0.00002,
    page: 's3',
    seen: 'memory',
  },
  tableWrite: {
    unit: 'write unit of DynamoDB (1 KB)',
    usd: 0.000000705,
    page: 'dynamodb',
    seen: { list: '2026-09-11' },
  },
  tableRead: {
    unit: 'read unit of DynamoDB (4 KB)',
    usd: 0.0000001415,
    page: 'dynamodb',
    seen: { list: '2026-09-11' },
  },
  tableMonth: {
    unit: 'GB in DynamoDB for a month',
    usd: 0.283,
    page: 'dynamodb',
    seen: { list: '2026-09-11' },
  },
  tableBackupMonth: {
    unit: 'GB of point-in-time recovery for a month',
    usd: 0.22,
    page: 'dynamodb',
    seen: { list: '2026-09-11' },
  },
  dpuHour: { unit: 'DPU-hour of Glue', usd: 0.44, page: 'glue', seen: { page: '2026-10-07' } },
  rpuHour: {
    unit: 'RPU-hour of Redshift Serverless',
    usd: 0.387,
    page: 'redshift',
    seen: { list: '2026-09-21' },
  },
  nodeHour: { unit: 'hour of a node ra3.large', usd: 0.601, page: 'redshift', seen: 'memory' },
  warehouseMonth: { unit: 'GB in Redshift for a month', usd: 0.0264, page: 'redshift', seen: 'memory' },
  event: { unit: 'event of ours or of S3 (64 KB)', usd: 0.000001, page: 'eventbridge', seen: 'memory' },
  archivedEvents: { unit: 'GB put into an archive of events', usd: 0.1, page: 'eventbridge', seen: 'memory' },
  alarmMonth: {
    unit: 'metric of an alarm for a month',
    usd: 0.1,
    page: 'cloudwatch',
    seen: { list: '2026-09-22' },
  },
  metricMonth: {
    unit: 'metric for a month, by the hour',
    usd: 0.3,
    page: 'cloudwatch',
    seen: { list: '2026-09-22' },
  },
  dashboardMonth: { unit: 'dashboard for a month', usd: 3, page: 'cloudwatch', seen: 'memory' },
  logs: { unit: 'GB of logs', usd: 0.57, page: 'cloudwatch', seen: { list: '2026-09-22' } },
  logsMonth: {
    unit: 'GB of logs kept for a month',
    usd: 0.03,
    page: 'cloudwatch',
    seen: { list: '2026-09-22' },
  },
  flowLogs: { unit: 'GB of network logs to S3', usd: 0.285, page: 'cloudwatch', seen: 'memory' },
  keyMonth: { unit: 'KMS key for a month', usd: 1, page: 'kms', seen: 'memory' },
  keyRequest: { unit: 'request to KMS', usd: 0.000003, page: 'kms', seen: 'memory' },
  secretMonth: {
    unit: 'secret for a month',
    usd: 0.4,
    page: 'secrets-manager',
    seen: { list: '2026-09-11' },
  },
  message: { unit: 'request to SQS', usd: 0.0000004, page: 'sqs', seen: { list: '2026-09-11' } },
  mail: { unit: 'mail of SNS', usd: 0.00002, page: 'sns', seen: 'memory' },
  natHour: { unit: 'hour of a NAT gateway', usd: 0.048, page: 'vpc', seen: { list: '2026-09-25' } },
  natGb: { unit: 'GB through a NAT gateway', usd: 0.048, page: 'vpc', seen: { list: '2026-09-25' } },
  addressHour: {
    unit: 'hour of a public IPv4 address',
    usd: 0.005,
    page: 'vpc',
    seen: { list: '2026-09-17' },
  },
  endpointHour: {
    unit: 'hour of an interface endpoint in one zone',
    usd: 0.011,
    page: 'privatelink',
    seen: 'memory',
  },
  athenaTb: { unit: 'TB that Athena scans', usd: 5, page: 'athena', seen: { list: 'no date' } },
  firehoseGb: { unit: 'GB of Firehose', usd: 0.031, page: 'firehose', seen: 'memory' },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof prices;
