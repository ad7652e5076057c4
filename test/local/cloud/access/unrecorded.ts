import { type Grant, lineOf } from './grants.ts';

/** Grants that no run of the laptop uses for sure, each with the reason why the role needs it. */
export const exceptions: readonly { readonly of: RegExp; readonly reason: string }[] = [
  { of: / Logs logs:/, reason: 'the runtimes of Lambda and Glue write logs, here to files' },
  { of: / Tracing xray:/, reason: 'the runtime of Lambda sends traces' },
  { of: / Metrics cloudwatch:/, reason: 'the runtime of Glue sends metrics' },
  {
    of: / Script s3:GetObject/,
    reason: 'Glue reads the scripts of jobs; here they are files of the project',
  },
  { of: / NetworkInterfaces ec2:/, reason: 'Lambda connects the function with the network' },
  { of: / Database rds-db:connect/, reason: 'RDS checks it at a login; the database here has passwords' },
  { of: / Failed sqs:SendMessage/, reason: 'after the third failure of an invocation' },
  { of: /JobRole Key kms:Encrypt/, reason: 'Glue asks for it with a security configuration' },
  { of: /PullSourcesRole Wake /, reason: 'the monthly schedule asks for a pull of each source' },
  { of: /SweepRole Wake .*:pull-/, reason: 'a pull whose function ended in the middle' },
  { of: /Pull\w+Role Ledger dynamodb:PutItem/, reason: 'the monthly schedule opens a pull of each source' },
  { of: /Pull\w+Role List s3:ListBucket /, reason: 'what was staged is gone before it landed' },
  {
    of: /ValidateLandingRole (Wake |Ledger dynamodb:BatchGetItem)/,
    reason: 'a manifest lands while files wait for it, or for a batch',
  },
  { of: /ArchiveFilesRole Ledger dynamodb:Query/, reason: 'a batch publishes a corrected file' },
  {
    of: /RebuildModelsRole Ledger dynamodb:DeleteItem/,
    reason: 'a publication that ended before its mart was free',
  },
  { of: /RebuildModelsRole Checks /, reason: 'a check that finds rows' },
  { of: /PublishKpisRole Kpis dynamodb:DeleteItem/, reason: 'a latest KPI of something that is gone' },
  { of: /RunTransformRole Announce /, reason: 'a batch that cannot begin' },
  { of: /RunTransformRole Ledger dynamodb:DeleteItem/, reason: 'files that are gone before their batch' },
  { of: / (Job|QualityRun) glue:GetJobRuns/, reason: 'the start of a run that was not answered' },
  {
    of: /CheckQualityRole (Announce|List|Ledger dynamodb:BatchGetItem|TransformRun glue:GetJobRuns)/,
    reason: 'a transform run that fails',
  },
  {
    of: /SettleBatchRole (List|QualityRun glue:StartJobRun)/,
    reason: 'a quality run that fails',
  },
  { of: /SettleBatchRole Report /, reason: 'a reprocess whose rows break a quality rule' },
  { of: /SettleBatchRole Rows .*\.rows\.jsonl/, reason: 'as for .rows.csv, of files that are no tables' },
  {
    of: /PublishKpisRole (Key kms:GenerateDataKey|LeftOut)/,
    reason: 'a KPI item that DynamoDB does not take',
  },
  {
    of: /MigrateTablesRole Optimisers glue:UpdateTableOptimizer/,
    reason: 'optimisers with other settings than those of this version',
  },
  { of: /RebuildModelsRole Wake .*:migrate-tables/, reason: 'a batch is published before the tables exist' },
  { of: /PublishKpisRole Wake /, reason: 'KPIs that take longer than one invocation' },
  { of: / s3:AbortMultipartUpload/, reason: 'after an upload that breaks off' },
];

/** Why a role is allowed what no run uses; undefined if there is no reason. */
export const reasonOf = (grant: Grant): string | undefined =>
  exceptions.find(({ of }) => of.test(lineOf(grant)))?.reason;
