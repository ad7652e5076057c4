import { beforeAll, expect, test } from 'vitest';
import { packageService } from './packaged.ts';
import { at, referred, resourcesOf, statementsOf, type Template } from './template.ts';

/**
 * Roles that services of AWS take: no run of a laptop uses them all, so each has exactly what the documentation of its service
 * asks for, less what the stage does not use.
 */
const documented: Readonly<Record<string, { readonly page: string; readonly actions: readonly string[] }>> = {
  OptimiserRole: {
    page: 'https://docs.aws.amazon.com/glue/latest/dg/optimization-prerequisites.html',
    actions: [
      ...['glue:GetTable', 'glue:UpdateTable', 'kms:Decrypt', 'kms:GenerateDataKey'],
      ...['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      ...['s3:DeleteObject', 's3:GetObject', 's3:ListBucket', 's3:PutObject'],
    ],
  },
  LandingCrawlerRole: {
    page: 'https://docs.aws.amazon.com/glue/latest/dg/crawler-prereqs.html',
    actions: [
      ...['glue:BatchCreatePartition', 'glue:BatchGetPartition', 'glue:CreateTable', 'glue:GetDatabase'],
      ...['glue:GetPartition', 'glue:GetPartitions', 'glue:GetTable', 'glue:GetTables'],
      ...['glue:UpdatePartition', 'glue:UpdateTable', 'kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
      ...['logs:AssociateKmsKey', 'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      ...['s3:GetBucketLocation', 's3:GetObject', 's3:ListBucket'],
    ],
  },
  WarehouseRole: {
    page: 'https://docs.aws.amazon.com/redshift/latest/dg/c-spectrum-iam-policies.html',
    actions: [
      ...['glue:BatchGetPartition', 'glue:GetDatabase', 'glue:GetDatabases', 'glue:GetPartition'],
      ...['glue:GetPartitions', 'glue:GetTable', 'glue:GetTables', 'kms:Decrypt', 'kms:GenerateDataKey'],
      ...['s3:GetBucketLocation', 's3:GetObject', 's3:ListBucket', 's3:PutObject'],
    ],
  },
  WarehouseSnapshotsRole: {
    page: 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html',
    actions: ['redshift-serverless:CreateSnapshot', 'sqs:SendMessage'],
  },
  ListensRole: {
    page: 'https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html',
    actions: [
      ...['kms:Decrypt', 'kms:GenerateDataKey', 'logs:PutLogEvents', 's3:AbortMultipartUpload'],
      ...['s3:GetBucketLocation', 's3:GetObject', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      's3:PutObject',
    ],
  },
};

let template: Template;
beforeAll(async () => {
  template = (await packageService()).template;
}, 180_000);

test('roles that no function and no job has are those of services', () => {
  const taken = [
    ...resourcesOf(template, 'AWS::Lambda::Function'),
    ...resourcesOf(template, 'AWS::Glue::Job'),
  ].map(([, { Role }]) => referred(Role));
  const rest = resourcesOf(template, 'AWS::IAM::Role').filter(([id]) => !taken.includes(id));
  expect(rest.map(([id]) => id).sort()).toEqual(Object.keys(documented).sort());
});

test.each(Object.entries(documented))(
  '%s may do what its service asks for, and no more',
  (role, { actions }) => {
    const granted = statementsOf(template, role).flatMap(({ Effect, Action }) =>
      Effect === 'Allow' ? Action : [],
    );
    expect([...new Set(granted)].sort()).toEqual(actions);
  },
);

test('services write where they deliver: the warehouse KPIs, Glue silver, Firehose listens', () => {
  const writes = (role: string) =>
    statementsOf(template, role)
      .filter(({ Effect, Action }) => Effect === 'Allow' && Action.includes('s3:PutObject'))
      .flatMap(({ Resource }) => Resource.map((resource) => String(at(resource, 'Fn::Sub')).split('/*')[0]));
  expect(writes('WarehouseRole')).toEqual([`\${LakeBucket.Arn}/kpis`]);
  expect(writes('OptimiserRole')).toEqual([`\${LakeBucket.Arn}/lake`]);
  expect(writes('LandingCrawlerRole')).toEqual([]);
  const streams = `\${LakeBucket.Arn}/data/streams`;
  expect(writes('ListensRole')).toEqual([streams, `\${LakeBucket.Arn}/staging/firehose-errors`]);
});
