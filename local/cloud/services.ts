import { join } from 'node:path';
import { openAccess } from './access/access.ts';
import { openJobGuard } from './access/jobs.ts';
import { openRecording } from './access/recording.ts';
import { buildFunctions } from './build/build.ts';
import { openChosenEngine, openEngines } from './compute-services.ts';
import { deployedNames, functionEnvironment } from './environment.ts';
import { eventsApi } from './events/api.ts';
import type { Bus } from './events/bus.ts';
import { lambdaApi } from './functions/api.ts';
import { type Functions, openFunctions } from './functions/functions.ts';
import { logRetention as retentionOfLogs } from './functions/log.ts';
import type { Services } from './gateway.ts';
import { openDeadLetters, openEvents } from './messaging-services.ts';
import type { Publish } from './protocol.ts';
import { openRedeploy } from './redeploy.ts';
import type { Retention } from './retention/retention.ts';
import type { Examined } from './s3/examine.ts';
import type { LocalS3 } from './s3/s3.ts';
import { openSecrets } from './secrets.ts';
import type { ServicesOptions } from './service-options.ts';
import { openFiles, openStreams, openTables } from './storage-services.ts';
import { damageOfOpenStores } from './store/index.ts';

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

/** A promise that is resolved from outside. */
const later = <Value>() => {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};
