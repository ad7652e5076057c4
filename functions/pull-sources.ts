import * as z from 'zod';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { lambda, type Surroundings } from './adapters/lambda.ts';
import { lambdaFunctions } from './adapters/lambda-functions.ts';
import { packagedSilver } from './adapters/packaged-catalog.ts';
import { postgresSettings } from './adapters/postgres-settings.ts';
import { postgresSource } from './adapters/postgres-source.ts';
import { restSource } from './adapters/rest-source.ts';
import { s3Files } from './adapters/s3-files.ts';
import { secretsManager } from './adapters/secrets-manager.ts';
import {
  askPull,
  type Clock,
  type Files,
  type Functions,
  type Ledger,
  type Log,
  lookAgain,
  lookAgainFor,
  type PullRecord,
  parsePullId,
  pullerOf,
  pullId,
  pullWindow,
  type SilverCatalog,
  type Sources,
  sourceNamed,
} from './pipeline/index.ts';
import { dueWindows, SourceFailed } from './sources/index.ts';

/** The monthly schedule. */
const Scheduled = z.object({ 'detail-type': z.literal('Scheduled Event'), time: z.string() });

/** A window of a source, from one day to another, both included, as a person asks for it. */
const Request = z.object({
  source: z.string(),
  from: z.string(),
  to: z.string(),
  confirm: z.boolean().default(false),
});

const Input = z.union([Scheduled, lookAgainFor('pull-sources'), Request]);
type Input = z.infer<typeof Input>;

type Ports = {
  files: Files;
  ledger: Ledger;
  sources: Sources;
  functions: Functions;
  clock: Clock;
  log: Log;
  catalog: SilverCatalog;
};

/** Pulls a window of a source; on schedule, asks for the windows of all sources that are due. */
export const pullSources =
  (ports: Ports) =>
  async (input: Input, invocation?: string): Promise<void> => {
    if ('detail-type' in input) return askForDue(ports, input.time.slice(0, 10));
    const record =
      'command' in input
        ? await ports.ledger.pulls.find(parsePullId(input.id))
        : await askPull(ports, input, input);
    if (record) await pullWindow(ports, sourceNamed(ports.catalog, record.source), record, invocation);
  };

/** Each window is pulled by a call of its own: one that fails takes no other with it. */
const askForDue = async (ports: Ports, day: string): Promise<void> => {
  const { catalog, functions } = ports;
  for (const [name, { source }] of Object.entries(catalog.datasets)) {
    if (!source) continue;
    for (const window of dueWindows(source, day)) {
      const record: PullRecord = await askPull(ports, { source: name, ...window });
      await functions.invoke(pullerOf(source), lookAgain('pull', pullId(record)));
    }
  }
};

/** Opens a source by its kind. */
const sourcesOf = ({ env, clock }: Pick<Surroundings, 'env' | 'clock'>): Sources => {
  const secrets = secretsManager();
  const rest = restSource({ secrets, clock, env: variable(env) });
  const postgres = postgresSource({ secrets });
  return {
    open: async (source, window) =>
      source.kind === 'rest'
        ? rest.open(source, window)
        : postgres.open(postgresSettings(source, variable(env)), window),
  };
};

/** A variable that a source names. That it is missing is a failure of the source: other sources do not need it. */
const variable =
  (env: Surroundings['env']) =>
  (name: string): string => {
    try {
      return env(name);
    } catch (cause) {
      throw new SourceFailed(
        `the source needs the variable ${name}, which this stage does not set; name it in functions/functions.yml under pullSources`,
        {},
        { cause },
      );
    }
  };

export const handler = lambda(Input, pullSources, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  sources: sourcesOf({ env, clock }),
  functions: lambdaFunctions(env('NAME')),
  catalog: packagedSilver(),
  clock,
  log,
}));
