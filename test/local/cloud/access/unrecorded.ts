import { type Grant, lineOf } from './grants.ts';

/** Grants that no run of the laptop uses, each with the reason why the role needs it. */
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
  { of: / s3:AbortMultipartUpload/, reason: 'after an upload that breaks off' },
];

/** Why a role is allowed what no run uses; undefined if there is no reason. */
export const reasonOf = (grant: Grant): string | undefined =>
  exceptions.find(({ of }) => of.test(lineOf(grant)))?.reason;
