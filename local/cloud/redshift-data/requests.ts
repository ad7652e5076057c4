import * as z from 'zod';
import { ServiceError } from '../protocol.ts';

const largestText = 100 * 1024;

const id = z.string().regex(/^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\d+)?$/, 'Id is not a statement id');
const waiting = { WaitTimeSeconds: z.number().int().min(0).max(30).default(0) };
const sql = z.string().min(1);
/** Empty values and NULL are not possible, as in the real API. */
const parameter = z.object({ name: z.string().regex(/^[0-9a-zA-Z_]+$/), value: z.string().min(1) });

const submission = {
  Database: z.string().min(1).max(64),
  WorkgroupName: z.string().min(3).max(128).optional(),
  ClusterIdentifier: z.string().min(1).max(63).optional(),
  SecretArn: z.string().optional(),
  DbUser: z.string().optional(),
  Parameters: z.array(parameter).min(1).optional(),
  StatementName: z.string().max(500).optional(),
  ClientToken: z.string().min(1).max(64).optional(),
  WithEvent: z.boolean().default(false),
  ResultFormat: z.literal('JSON', 'results are JSON only').default('JSON'),
  ExecutionMode: z.literal('TRANSACTION', 'statements run as one transaction only').default('TRANSACTION'),
  SessionId: z.never('sessions are not kept').optional(),
  SessionKeepAliveSeconds: z.never('sessions are not kept').optional(),
  ...waiting,
};

export const ExecuteStatement = z.object({ ...submission, Sql: sql });
export const BatchExecuteStatement = z.object({
  ...submission,
  Sqls: z.array(sql).min(1).max(40, 'a batch has 1 to 40 statements'),
});
export type Submission = Omit<z.infer<typeof ExecuteStatement>, 'Sql'>;

export const DescribeStatement = z.object({ Id: id, ...waiting });
export const GetStatementResult = z.object({
  Id: id,
  NextToken: z.string().regex(/^\d+$/).default('0'),
  ...waiting,
});
export const CancelStatement = z.object({ Id: id });
export const ListStatements = z.object({
  MaxResults: z.number().int().min(0).max(100).default(100),
  NextToken: z.string().optional(),
  StatementName: z.string().max(500).default(''),
  Status: z
    .enum(['ABORTED', 'ALL', 'FAILED', 'FINISHED', 'PICKED', 'STARTED', 'SUBMITTED'])
    .default('FINISHED'),
  Database: z.string().optional(),
  WorkgroupName: z.string().optional(),
});

/** An operation's input; throws a ValidationException that says what is wrong with it. */
export const parseInput = <Input>(schema: z.ZodType<Input>, input: object): Input => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(z.prettifyError(parsed.error));
};

/** A ValidationException. */
export const invalid = (message: string): ServiceError => new ServiceError('ValidationException', message);

/** Throws a ValidationException unless the request names a warehouse and its SQL has at most 100 KB. */
export const expectSubmittable = (
  { WorkgroupName, ClusterIdentifier }: Submission,
  sqls: readonly string[],
): void => {
  if (WorkgroupName === undefined && ClusterIdentifier === undefined) {
    throw invalid('Either WorkgroupName or ClusterIdentifier must be given');
  }
  const bytes = sqls.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > largestText) throw invalid(`The SQL has ${bytes} bytes; at most ${largestText} are allowed`);
};
