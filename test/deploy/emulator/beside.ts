import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { openAccess } from '../../../local/cloud/access/access.ts';
import { openJobGuard } from '../../../local/cloud/access/jobs.ts';
import { buildFunctions } from '../../../local/cloud/build/build.ts';
import { ACCOUNT, deployedNames, REGION } from '../../../local/cloud/environment.ts';
import { openGateway, type Services } from '../../../local/cloud/gateway.ts';
import { openGlue } from '../../../local/cloud/glue/glue.ts';
import { type JsonService, type Publish, ServiceError } from '../../../local/cloud/protocol.ts';
import { tablesOf } from '../../../local/cloud/redeploy.ts';
import { openRedshiftData } from '../../../local/cloud/redshift-data/redshift-data.ts';
import { readTemplate } from '../../../local/cloud/template/template.ts';
import { openEngine } from '../../../local/engines/index.ts';
import { newState } from '../../end-to-end/new-state.ts';
import { at } from '../template.ts';
import type { Account } from './account.ts';
import { emulatorObjects } from './objects.ts';

/** What runs beside the emulator: Glue, the Redshift Data API and Redshift Serverless, which it lacks or does not run. */
export type Beside = {
  /** Where the SDK finds these services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts work on the emulator's objects, and announces its end on the emulator's bus. */
  join(emulator: string): Promise<void>;
  /** From now on these functions may do there what their roles allow; before, it is what the administrator may. */
  enforce(account: Account): void;
  close(): Promise<void>;
};

const never = (): never => {
  throw new ServiceError('UnknownServiceException', 'it runs on the emulator', 501);
};

const elsewhere: Omit<Services, 'json'> = {
  s3: { handle: never, isBucket: never },
  dynamodb: { handle: never },
  lambda: async () => never(),
  health: () => ({}),
  deploy: async () => ({}),
};

/** Opens the services on a port of their own. */
export const openBeside = async (): Promise<Beside> => {
  const root = process.cwd();
  const deployment = readTemplate(root, { stage: 'dev', account: ACCOUNT, region: REGION });
  const state = await newState();
  const access = openAccess({ deployment, log: console.error });
  const roles = new Map<string, string>();
  let serve: (services: Services) => void = () => {};
  const services = new Promise<Services>((resolve) => {
    serve = resolve;
  });
  const gateway = await openGateway({ services, log: console.error });
  const closers = [() => rm(state, { recursive: true, force: true }), gateway.close];

  const open = async (emulator: string): Promise<void> => {
    const objects = emulatorObjects(emulator, join(state, 'objects'));
    const publish = publishTo(emulator);
    const { LAKE_BUCKET: bucket = '' } = deployedNames(deployment);
    const guard = openJobGuard({ access, deployment, s3: objects, lake: bucket });
    const { catalog } = buildFunctions(root, state, deployment.functions);
    const datasets = tablesOf(await catalog);
    const engine = await openEngine({ state, s3: objects, s3Of: guard.objectsOf, bucket, datasets });
    const complain = console.error;
    const glue = await openGlue({
      ...{ directory: join(state, 'glue'), jobs: deployment.jobs, publish, complain },
      execute: async (run) => {
        await guard.expectRun(run);
        await engine.execute(run);
      },
    });
    const data = await openRedshiftData({
      ...{ directory: join(state, 'redshift-data'), instance: engine.instance, publish, complain },
      refresh: async (sqls) => guard.expectSilver(sqls),
      store: guard.unloading,
      region: REGION,
      account: ACCOUNT,
    });
    closers.push(
      engine.close,
      () => glue.close(),
      () => data.close(),
    );
    const json = { glue, 'redshift-data': data, 'redshift-serverless': serverless() };
    serve({
      ...elsewhere,
      json,
      access: {
        callerOf: (key = '') => access.callerOf(roles.get(key)),
        expect: access.expect,
        account: ACCOUNT,
        region: REGION,
      },
    });
  };
  return {
    environment: {
      AWS_ENDPOINT_URL_GLUE: gateway.endpoint,
      AWS_ENDPOINT_URL_REDSHIFT_DATA: gateway.endpoint,
      AWS_ENDPOINT_URL_REDSHIFT_SERVERLESS: gateway.endpoint,
    },
    join: open,
    enforce: ({ functions = {} }) => {
      for (const { name, arn, role } of deployment.functions)
        roles.set(accessKeyOf(arn, String(at(functions, name, 'Role'))), access.keyOf(role, name));
    },
    close: async () => {
      for (const close of closers.reverse()) await close();
    },
  };
};

/** The access key that the emulator gives to a function. */
const accessKeyOf = (functionArn: string, roleArn: string): string =>
  `ASIA${createHash('sha256').update(`${functionArn}:${roleArn}`).digest('hex').slice(0, 16).toUpperCase()}`;

const publishTo = (endpoint: string): Publish => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const events = new EventBridgeClient({ endpoint, region: REGION, credentials });
  return async ({ source, 'detail-type': DetailType, detail, resources = [] }) => {
    const entry = { Source: source, DetailType, Detail: JSON.stringify(detail), Resources: [...resources] };
    const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries: [entry] }));
    if (FailedEntryCount) throw new Error(`the emulator did not take an event of ${source}`);
  };
};

/** As far as a deployment asks it. */
const serverless = (): JsonService => {
  const usageLimits: object[] = [];
  return {
    handle: async (operation, input) => {
      if (operation === 'GetWorkgroup')
        return { workgroup: { workgroupArn: `arn:aws:redshift-serverless:::${input.workgroupName}` } };
      if (operation === 'ListUsageLimits') return { usageLimits };
      if (operation !== 'CreateUsageLimit') throw new ServiceError('ValidationException', operation);
      usageLimits.push({ usageLimitId: 'daily', ...input });
      return {};
    },
    close: async () => {},
  };
};
