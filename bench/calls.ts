import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type BenchCloud, callsIn } from './cloud.ts';
import { landCatalogue, untilClosed, untilReadable, untilRecorded } from './landings.ts';
import type { Measurement } from './report.ts';
import { distinctLines, landAll, textsOf } from './thousand-files.ts';

type Call = { readonly role: string; readonly action: string; readonly resource: string };

const day = '2024-06-25';
const patienceMs = 600_000;

/** Kinds of calls that AWS charges differently, by the names of their actions. */
const kinds: Readonly<Record<string, RegExp>> = {
  s3_writes: /^s3:(Put|List|Abort|Delete)/,
  s3_reads: /^s3:Get/,
  table_writes: /^dynamodb:(Put|Update|Delete)Item$/,
  table_batch_writes: /^dynamodb:BatchWriteItem$/,
  table_reads: /^dynamodb:(GetItem|Query)$/,
  table_batch_reads: /^dynamodb:BatchGetItem$/,
  events: /^events:PutEvents$/,
  invocations: /^lambda:InvokeFunction$/,
  job_runs: /^glue:StartJobRun$/,
  statements: /^redshift-data:(Batch)?ExecuteStatement$/,
};

/** Counts the calls of functions and jobs for so many small files of one day, from landing until the KPIs; and those of a sweep. */
export const calls = async (
  { lake, directory, environment }: BenchCloud,
  count: number,
): Promise<Measurement> => {
  const recorded = async (): Promise<Call[]> =>
    (await readFile(callsIn(join(directory, 'state')), 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const texts = textsOf(await landCatalogue(lake), count);
  await untilQuiet(recorded);
  const before = (await recorded()).length;
  await sweep(environment);
  const idle = (await recorded()).slice(before);
  const start = (await recorded()).length;
  const files = await landAll(lake, texts);
  await untilReadable(lake, day, distinctLines(texts), patienceMs);
  const records = await Promise.all(
    files.map((file) => untilRecorded(lake, file, 'archived_at', patienceMs)),
  );
  const days = await lake.day(day);
  await untilClosed(lake, String(days?.rebuild), patienceMs);
  await untilQuiet(recorded);
  const done = (await recorded()).slice(start);
  const ofFiles = done.filter(({ role }) => role !== 'SweepRole');
  return {
    bench: 'calls',
    figures: {
      files: count,
      batches: new Set(records.map((record) => record.batch_id)).size,
      ...counted('', ofFiles),
      ...counted(
        'sweep_',
        idle.filter(({ role }) => role === 'SweepRole'),
      ),
    },
  };
};

/** Runs the sweep once, to its end. */
const sweep = async (environment: BenchCloud['environment']): Promise<void> => {
  const client = new LambdaClient({
    endpoint: environment.AWS_ENDPOINT_URL ?? '',
    region: environment.AWS_REGION ?? '',
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });
  const { FunctionError } = await client.send(new InvokeCommand({ FunctionName: 'soundcheck-dev-sweep' }));
  client.destroy();
  if (FunctionError) throw new Error(`the sweep failed: ${FunctionError}`);
};

/** No function but the sweep has called anything for a while. */
const untilQuiet = async (recorded: () => Promise<Call[]>): Promise<void> => {
  const others = async () => (await recorded()).filter(({ role }) => role !== 'SweepRole').length;
  for (let last = -1, now = await others(); last !== now; last = now, now = await others())
    await wait(15_000);
};

const counted = (prefix: string, all: readonly Call[]): Record<string, number> =>
  Object.fromEntries(
    Object.entries(kinds).map(([kind, actions]) => [
      `${prefix}${kind}`,
      all.filter(({ action }) => actions.test(action)).length,
    ]),
  );
