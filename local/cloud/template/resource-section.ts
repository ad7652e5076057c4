import { basename, extname } from 'node:path';
import * as z from 'zod';
import { LifecycleConfiguration } from './bucket-lifecycle.ts';
import type { Bucket, Job, Queue, Schedule, Stream, Table } from './deployment.ts';
import type { TemplateReader } from './reader.ts';
import { checkExpression } from './schedule-expression.ts';

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));

const TableProperties = z.object({
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  KeySchema,
  GlobalSecondaryIndexes: z
    .array(z.object({ IndexName: z.string(), KeySchema, Projection: z.record(z.string(), z.unknown()) }))
    .default([]),
  SSESpecification: z.object({ KMSMasterKeyId: z.string().optional() }).default({}),
  TimeToLiveSpecification: z
    .object({ AttributeName: z.string().optional(), Enabled: z.boolean() })
    .optional(),
});

const Encryption = z.object({
  ServerSideEncryptionConfiguration: z.array(
    z.object({
      ServerSideEncryptionByDefault: z.object({ KMSMasterKeyID: z.string().optional() }).default({}),
    }),
  ),
});

const BucketProperties = z.object({
  BucketEncryption: Encryption.optional(),
  LifecycleConfiguration: LifecycleConfiguration.optional(),
  VersioningConfiguration: z.object({ Status: z.string() }).optional(),
  NotificationConfiguration: z
    .object({
      EventBridgeConfiguration: z.object({ EventBridgeEnabled: z.boolean().default(true) }).optional(),
    })
    .optional(),
});

/** SQS keeps messages for four days unless it is told otherwise. */
const QueueProperties = z.object({ MessageRetentionPeriod: z.number().default(345_600) });

const JobProperties = z.object({
  Command: z.object({ ScriptLocation: z.string() }),
  ExecutionProperty: z.object({ MaxConcurrentRuns: z.number() }).default({ MaxConcurrentRuns: 1 }),
  Timeout: z.number().default(2880),
  Role: z.string().optional(),
  DefaultArguments: z.object({ '--conf': z.string().default('') }).default({ '--conf': '' }),
});

const StreamProperties = z.object({
  DeliveryStreamType: z.literal('DirectPut', 'must be DirectPut on this machine'),
  ExtendedS3DestinationConfiguration: z.object({
    BucketARN: z.string(),
    RoleARN: z.string(),
    Prefix: z.string(),
    FileExtension: z.string().default(''),
    BufferingHints: z
      .object({ SizeInMBs: z.number().min(1).max(128), IntervalInSeconds: z.number().min(0).max(900) })
      .default({ SizeInMBs: 5, IntervalInSeconds: 300 }),
  }),
});

const ScheduleProperties = z.object({
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.literal('UTC', 'must be UTC on this machine').optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target: z.object({ Arn: z.string(), Input: z.string().optional() }),
});

/** The DynamoDB tables of the template. */
export const readTables = (template: TemplateReader): Table[] =>
  template.resources('AWS::DynamoDB::Table', TableProperties).map(({ logicalId, name, properties }) => ({
    logicalId,
    name,
    attributes: properties.AttributeDefinitions,
    key: properties.KeySchema,
    indexes: properties.GlobalSecondaryIndexes,
    ...expiryOf(properties.TimeToLiveSpecification),
    ...keyOf(properties.SSESpecification.KMSMasterKeyId),
  }));

const expiryOf = (setting: { AttributeName?: string | undefined; Enabled: boolean } | undefined) =>
  setting?.Enabled && setting.AttributeName !== undefined ? { expiresBy: setting.AttributeName } : {};

const keyOf = (keyArn: string | undefined) => (keyArn === undefined ? {} : { keyArn });

/** The S3 buckets of the template. */
export const readBuckets = (template: TemplateReader): Bucket[] =>
  template.resources('AWS::S3::Bucket', BucketProperties).map(({ logicalId, name, properties }) => ({
    logicalId,
    name,
    versioning: properties.VersioningConfiguration?.Status === 'Enabled',
    events: properties.NotificationConfiguration?.EventBridgeConfiguration?.EventBridgeEnabled ?? false,
    ...(properties.LifecycleConfiguration && { lifecycle: properties.LifecycleConfiguration.Rules }),
    ...keyOf(
      properties.BucketEncryption?.ServerSideEncryptionConfiguration[0]?.ServerSideEncryptionByDefault
        .KMSMasterKeyID,
    ),
  }));

/** The SQS queues of the template. */
export const readQueues = (template: TemplateReader): Queue[] =>
  template.resources('AWS::SQS::Queue', QueueProperties).map(({ logicalId, name, place, properties }) => ({
    logicalId,
    name,
    arn: String(template.intrinsics.evaluate({ 'Fn::GetAtt': [logicalId, 'Arn'] }, place)),
    keepsFor: properties.MessageRetentionPeriod,
  }));

/** The Glue jobs of the template. */
export const readJobs = (template: TemplateReader): Job[] =>
  template.resources('AWS::Glue::Job', JobProperties).map(({ logicalId, name, properties }) => {
    const { ScriptLocation } = properties.Command;
    const [, database] =
      /\bspark\.soundcheck\.database=(\S+)/.exec(properties.DefaultArguments['--conf']) ?? [];
    return {
      logicalId,
      name,
      script: basename(ScriptLocation, extname(ScriptLocation)),
      maxConcurrentRuns: properties.ExecutionProperty.MaxConcurrentRuns,
      timeoutMinutes: properties.Timeout,
      ...(properties.Role === undefined ? {} : { role: properties.Role }),
      ...(database === undefined ? {} : { database }),
    };
  });

/** The Firehose streams of the template. */
export const readStreams = (template: TemplateReader): Stream[] =>
  template
    .resources('AWS::KinesisFirehose::DeliveryStream', StreamProperties)
    .map(({ logicalId, name, place, properties: { ExtendedS3DestinationConfiguration: to } }) => ({
      logicalId,
      name,
      arn: String(template.intrinsics.evaluate({ 'Fn::GetAtt': [logicalId, 'Arn'] }, place)),
      role: to.RoleARN,
      bucket: to.BucketARN.replace(/^arn:aws:s3:::/, ''),
      prefix: to.Prefix,
      extension: to.FileExtension,
      megabytes: to.BufferingHints.SizeInMBs,
      seconds: to.BufferingHints.IntervalInSeconds,
    }));

/** The enabled schedules of EventBridge Scheduler, with the ARN of each target. */
export const readSchedules = (template: TemplateReader): { target: string; schedule: Schedule }[] =>
  template
    .resources('AWS::Scheduler::Schedule', ScheduleProperties)
    .filter(({ properties }) => properties.State === 'ENABLED')
    .map(({ name, place, properties: { ScheduleExpression: expression, Target } }) => {
      checkExpression(expression, place);
      const input = Target.Input === undefined ? {} : { input: JSON.parse(Target.Input) as unknown };
      return {
        target: Target.Arn,
        schedule: { name, expression, ...input },
      };
    });
