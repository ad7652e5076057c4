import { join } from 'node:path';
import type { Catalog } from '../../functions/pipeline/index.ts';
import { type LocalEngine, openEngine, openSparkEngine } from '../engines/index.ts';
import { type Access, openAccess } from './access/access.ts';
import { type JobGuard, openJobGuard } from './access/jobs.ts';
import { openRecording } from './access/recording.ts';
import { buildFunctions } from './build/build.ts';
import type { Closers } from './closers.ts';
import type { Disk } from './disk.ts';
import { openDynamo } from './dynamo/dynamo.ts';
import { deployedNames, functionEnvironment } from './environment.ts';
import { eventsApi } from './events/api.ts';
import { type Bus, openBus } from './events/bus.ts';
import { type Chaos, calm, chaoticFates } from './events/chaos.ts';
import { objectCreated } from './events/object-created.ts';
import { openFirehose } from './firehose/firehose.ts';
import { lambdaApi } from './functions/api.ts';
import { type Functions, openFunctions } from './functions/functions.ts';
import { logRetention as retentionOfLogs } from './functions/log.ts';
import type { Services } from './gateway.ts';
import { openGlue } from './glue/glue.ts';
import { LedgerTables } from './ledger-tables.ts';
import type { Publish } from './protocol.ts';
import { openQueues, type Queues } from './queues.ts';
import { openRedeploy, tablesOf } from './redeploy.ts';
import { openRedshiftData } from './redshift-data/redshift-data.ts';
import type { Clock } from './retention/clock.ts';
import type { Retention } from './retention/retention.ts';
import type { Examined } from './s3/examine.ts';
import { type LocalS3, openS3 } from './s3/s3.ts';
import { openSecrets } from './secrets.ts';
import type { FoundEngine } from './state-engine.ts';
import { damageOfOpenStores } from './store/index.ts';
import type { Deployment } from './template/deployment.ts';

export type ServicesOptions = {
  readonly root: string;
  readonly state: string;
  readonly endpoint: string;
  readonly deployment: Deployment;
  readonly engine: FoundEngine;
  readonly chaos?: Chaos | undefined;
  /** Secrets by ARN. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly closers: Closers;
  readonly disk: Disk;
  readonly clock: Clock;
  /** Writes a line to the cloud's log. */
  readonly log: (line: string) => void;
};

export type OpenedServices = {
  readonly services: Services;
  readonly functions: Functions;
  /** Begins to work: functions run, and jobs that an earlier process has left begin again. */
  start(): void;
  /** What removes old data of the services. */
  readonly retentions: readonly Retention[];
};

/** Opens every service on the state folder and deploys onto them; nothing works before `start()`. */
export const openServices = async (options: ServicesOptions): Promise<OpenedServices> => {
  const { root, state, endpoint, deployment, closers, disk } = options;
  const building = buildFunctions(root, state, deployment.functions, options.engine.name);
  // Both are awaited below; an earlier failure must not become an unhandled rejection.
  Promise.allSettled([building.catalog, building.bundles]);
  const bus = later<Bus>();
  const publish: Publish = async (event) => {
    await (await bus.promise).put(event);
  };

  const access = openAccess({ deployment, record: openRecording(state), log: options.log });
  const queues = openDeadLetters(options);
  const dynamodb = await openTables(options);
  const s3 = await openFiles(options, publish);
  // Awaited first: its errors describe problems of a project better than the bundler's.
  const catalog = await building.catalog;
  const functions = openFunctions({
    state,
    disk,
    functions: deployment.functions,
    bundles: await building.bundles,
    environment: functionEnvironment(endpoint, state),
    keyOf: ({ role, name }) => access.keyOf(role, name),
    send: async (queue, body, { role, name }) => {
      const arn = deployment.queues.find((one) => one.name === queue)?.arn ?? '*';
      access.expect(access.callerOf(access.keyOf(role, name)), [
        { action: 'sqs:SendMessage', resource: arn },
      ]);
      queues.send(queue, body);
    },
  });
  closers.add('functions', functions.close);
  const opened = openEvents(options, functions, queues, access);
  bus.resolve(opened);
  const { LAKE_BUCKET: lake = '' } = deployedNames(deployment);
  const guard = openJobGuard({ access, deployment, s3, lake });
  const engine = await openChosenEngine(options, s3, catalog, guard);
  closers.add('engine', engine.close);
  const engines = await openEngines(options, engine, publish, guard);
  const deploy = openRedeploy({
    ...{ root, state, deployed: deployment.functions, engineName: options.engine.name },
    ...{ engine, functions, catalog },
  });
  const { service, stage, account, region, logRetention } = deployment;
  const secretsmanager = openSecrets({ given: options.secrets, account, region });
  const firehose = await openStreams(options, s3, access);
  const json = { ...engines, firehose, events: eventsApi(opened), sqs: queues.service, secretsmanager };
  const health = () => ({ service, stage, engine: options.engine.name, pid: process.pid });
  return {
    services: {
      ...{ s3, dynamodb, lambda: lambdaApi(functions), json, health, deploy },
      examine: () => examine(state, s3),
      access: { ...access, account, region },
    },
    functions,
    start: () => {
      functions.start();
      engines.glue.resume();
    },
    retentions: [
      ...[dynamodb.retention, s3.retention, queues.retention],
      ...[engines.glue.retention, engines['redshift-data'].retention],
      ...(logRetention === undefined ? [] : [retentionOfLogs(join(state, 'logs'), logRetention)]),
    ],
  };
};

/** What is damaged in the stores of a state, and in the bytes of its objects. */
async function* examine(state: string, s3: Pick<LocalS3, 'examine'>): AsyncGenerator<Examined> {
  for await (const message of damageOfOpenStores(state)) yield { kind: 'damaged', message };
  yield* s3.examine();
}

const openDeadLetters = ({ state, endpoint, deployment, closers }: ServicesOptions): Queues => {
  const { account, region } = deployment;
  const names = deployment.queues.map(({ name }) => name);
  const keepsFor = Object.fromEntries(deployment.queues.map((queue) => [queue.name, queue.keepsFor]));
  const queues = openQueues({ directory: join(state, 'queues'), names, keepsFor, account, region, endpoint });
  closers.add('queues', () => queues.service.close());
  return queues;
};

const openTables = async ({ state, deployment, closers, clock }: ServicesOptions) => {
  const dynamodb = await openDynamo(join(state, 'dynamo'), clock.now);
  closers.add('tables', dynamodb.close);
  await dynamodb.createTables(deployment.tables);
  return dynamodb;
};

const openFiles = async (
  { state, deployment, closers, clock, disk, log: complain }: ServicesOptions,
  publish: Publish,
): Promise<LocalS3> => {
  const s3 = await openS3({
    directory: join(state, 's3'),
    onObject: (object) => publish(objectCreated(object)),
    disk,
    clock: () => new Date(clock.now()),
    complain,
  });
  closers.add('files', () => s3.close());
  for (const { name, ...settings } of deployment.buckets) await s3.createBucket(name, settings);
  return s3;
};

const openStreams = async (
  { state, deployment, closers, disk, log: complain }: ServicesOptions,
  s3: LocalS3,
  access: Access,
) => {
  const firehose = await openFirehose({
    directory: join(state, 'firehose'),
    streams: deployment.streams,
    put: async ({ role, name, bucket }, key, bytes) => {
      const resource = `arn:aws:s3:::${bucket}/${key}`;
      access.expect(access.callerOf(access.keyOf(role, name)), [{ action: 's3:PutObject', resource }]);
      await s3.put(bucket, key, bytes);
    },
    disk,
    complain,
  });
  closers.add('streams', () => firehose.close());
  return firehose;
};

const openEvents = (options: ServicesOptions, functions: Functions, queues: Queues, access: Access): Bus => {
  const { state, deployment, chaos, closers, disk } = options;
  const bus = openBus({
    directory: join(state, 'events'),
    account: deployment.account,
    region: deployment.region,
    rules: deployment.functions.flatMap(({ name, rules }) =>
      rules.map((rule) => ({ ...rule, target: name })),
    ),
    deliver: async (target, payload) => {
      functions.invokeAsync(target, payload);
    },
    reject: async ({ name, deadLetterQueue }, payload, cause) => {
      if (!deadLetterQueue) return;
      const { account, region, queues: deployed } = deployment;
      const resource = deployed.find((one) => one.name === deadLetterQueue)?.arn ?? '*';
      const rule = `arn:aws:events:${region}:${account}:rule/${name}`;
      access.expectService('events.amazonaws.com', rule, { action: 'sqs:SendMessage', resource });
      queues.send(deadLetterQueue, JSON.stringify(payload), rejection(name, cause));
    },
    fate: chaos ? chaoticFates(chaos) : calm,
    disk,
  });
  closers.add('events', bus.close);
  return bus;
};

const rejection = (rule: string, cause: unknown) => ({
  RULE_ARN: rule,
  ERROR_CODE: cause instanceof Error ? cause.name : 'UNKNOWN',
  ERROR_MESSAGE: String(cause),
});

const openEngines = async (
  { state, endpoint, deployment, closers, disk, log: complain }: ServicesOptions,
  engine: LocalEngine,
  publish: Publish,
  guard: JobGuard,
) => {
  const { instance } = engine;
  const execute: LocalEngine['execute'] = async (run) => {
    await guard.expectRun(run);
    await engine.execute(run);
  };
  const { LEDGER_TABLE = '' } = deployedNames(deployment);
  const ledger = new LedgerTables(instance, LEDGER_TABLE, endpoint, deployment.region);
  const refresh = async (sqls: readonly string[]): Promise<void> => {
    guard.expectSilver(sqls);
    await Promise.all([engine.refresh(), ledger.refresh(sqls)]);
  };
  const { account, region, jobs } = deployment;
  const glue = await openGlue({ directory: join(state, 'glue'), jobs, execute, publish, disk, complain });
  closers.add('jobs', () => glue.close());
  const directory = join(state, 'redshift-data');
  const ports = { instance, refresh, store: guard.unloading, publish, disk, complain };
  const warehouse = await openRedshiftData({ directory, ...ports, region, account });
  closers.add('warehouse', async () => {
    await warehouse.close();
    ledger.close();
  });
  return { glue, 'redshift-data': warehouse };
};

const openChosenEngine = (
  { state, endpoint, deployment, engine, log: complain }: ServicesOptions,
  s3: LocalS3,
  catalog: Catalog,
  guard: JobGuard,
): Promise<LocalEngine> => {
  const datasets = tablesOf(catalog);
  if (engine.name === 'spark') {
    const environment = functionEnvironment(endpoint, state);
    const environmentOf = (job: string) => ({ AWS_ACCESS_KEY_ID: guard.keyOf(job) });
    return openSparkEngine({
      ...{ state, datasets, installation: engine.installation, environment, environmentOf, complain },
    });
  }
  const { LAKE_BUCKET: bucket = '' } = deployedNames(deployment);
  return openEngine({ state, s3, s3Of: guard.objectsOf, bucket, datasets, complain });
};

/** A promise that is resolved from outside. */
const later = <Value>() => {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};
