import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expectState, lockState, stateNotWritable } from '../state/index.ts';
import { Closers } from './closers.ts';
import { type Disk, openDisk } from './disk.ts';
import {
  ACCOUNT,
  clientEnvironment,
  deployedNames,
  REGION,
  usualVariables,
  withVariables,
  writeEnvironment,
} from './environment.ts';
import type { Chaos } from './events/chaos.ts';
import type { Functions } from './functions/functions.ts';
import { openFunctionLog } from './functions/log.ts';
import { type Schedules, startSchedules } from './functions/schedules.ts';
import { openGateway, type Services } from './gateway.ts';
import { surviveErrors } from './last-resort.ts';
import { type Clock, machineClock } from './retention/clock.ts';
import { startRetention } from './retention/retention.ts';
import { type OpenedServices, openServices } from './services.ts';
import { type Engine, engineOfState, type FoundEngine, findEngine, rememberEngine } from './state-engine.ts';
import { closeStoresIn } from './store/index.ts';
import type { Deployment } from './template/deployment.ts';
import { readTemplate } from './template/template.ts';

export type CloudOptions = {
  /** The project's folder, with `serverless.yml`. */
  root: string;
  /** The state folder. */
  state: string;
  /** Default: `dev`. */
  stage?: string;
  /** Default: a free port. */
  port?: number;
  /** The engine of Glue's jobs; default: the state's first engine, else DuckDB. */
  engine?: Engine;
  chaos?: Chaos;
  /** Milliseconds between two runs of a function with a rate, instead of the rate in the template. */
  sweepEvery?: number;
  /** Parameters that the template has other values for, as `--param` of a deployment. */
  params?: Readonly<Record<string, string>>;
  /** Values of environment variables, instead of the template's: a function gets those that it names. */
  variables?: Readonly<Record<string, string>>;
  /** Secrets by ARN; they are kept in memory only. */
  secrets?: Readonly<Record<string, string>>;
  /** What says when objects and items expire; default: the clock of this machine. */
  clock?: Clock;
  /** Milliseconds for which the clock must run without a jump before anything expires; default: ten minutes. */
  calm?: number;
  log?: (line: string) => void;
  /** Receives what a person has to know at once: that the disk is full, and that it has room again. */
  warn?: (line: string) => void;
};

export type Cloud = {
  /** The address of all services. */
  endpoint: string;
  /** What a client needs: endpoint, region, credentials, and the names of bucket and tables. */
  environment: Readonly<Record<string, string>>;
  /** Runs a function by its full name, or without service and stage, and returns its answer; rejects with its error. */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Stops everything; unfinished work continues after the next start. */
  stop(): Promise<void>;
};

/**
 * Starts the laptop cloud on 127.0.0.1 and deploys `serverless.yml` onto it. On an existing state it also does the work that
 * the earlier run left. Rejects with `StateIsLocked`, `StateNotWritable`, `NotAState`, `OtherEngine`, `SparkIsMissing`,
 * `TemplateError` or another error of the deployment, and leaves nothing running then.
 */
export const startCloud = async (options: CloudOptions): Promise<Cloud> => {
  const closers = new Closers();
  const state = resolve(options.state);
  expectState(state);
  const engine = findEngine(engineOfState(state, options.engine));
  try {
    closers.add('state', await lockState(state));
    // Those that a start which fails has opened and not added yet.
    closers.add('stores', () => closeStoresIn(state));
    rememberEngine(state, engine.name);
    const log = openLog(state, options.log, closers);
    return await open(
      { ...options, state, log },
      engine,
      openDiskOf(state, { ...options, log }, closers),
      closers,
    );
  } catch (cause) {
    // Why it cannot start says more than what could not be stopped.
    await closers.closeAll().catch(() => undefined);
    throw stateNotWritable(state, cause) ?? cause;
  }
};

/** The cloud's own log is a file beside the functions' logs. */
const openLog = (state: string, told: CloudOptions['log'], closers: Closers): ((line: string) => void) => {
  const file = openFunctionLog(join(state, 'logs'), 'cloud');
  closers.add('log', file.close);
  return (line) => {
    file.write(`${new Date().toISOString()} ${line}`);
    told?.(line);
  };
};

/** Uncaught errors go to the log, unless they only say that the disk is full. */
const openDiskOf = (
  state: string,
  { log = () => {}, warn }: Pick<CloudOptions, 'log' | 'warn'>,
  closers: Closers,
): Disk => {
  const tell = (line: string): void => {
    log(line);
    warn?.(line);
  };
  const disk = openDisk({ state, log: tell });
  const letGo = surviveErrors((cause) => {
    if (!disk.notice(cause))
      log(`An uncaught error: ${cause instanceof Error ? cause.stack : String(cause)}`);
  });
  closers.add('disk', disk.close);
  closers.add('last resort', letGo);
  return disk;
};

const open = async (
  options: CloudOptions,
  engine: FoundEngine,
  disk: Disk,
  closers: Closers,
): Promise<Cloud> => {
  const { root, state, stage = 'dev', params = {}, port, chaos, secrets = {}, log = () => {} } = options;
  const { clock = machineClock, calm } = options;
  const isOldState = ['dynamo.db', 'dynamo'].some((name) => existsSync(join(state, name)));
  const template = readTemplate(root, { stage, account: ACCOUNT, region: REGION, params });
  const deployment = withVariables(template, { ...usualVariables, ...options.variables });
  let serve: (services: Services) => void = () => {};
  const services = new Promise<Services>((settle) => {
    serve = settle;
  });
  const gateway = await openGateway({ port, services, log, disk });
  closers.add('gateway', gateway.close);
  const { endpoint } = gateway;
  const shared = { root, state, endpoint, deployment, engine, chaos, secrets, closers, clock, disk, log };
  const opened = await openServices(shared);
  const schedules = startWork(opened, deployment, options.sweepEvery, isOldState, closers);
  const environment = { ...clientEnvironment(endpoint), ...deployedNames(deployment) };
  const health = () => ({
    ...opened.services.health(),
    environment,
    sweep: schedules.pulse(),
    full_since: disk.fullSince,
  });
  serve({ ...opened.services, health });
  writeEnvironment(state, environment);
  const keeper = startRetention({ retentions: opened.retentions, clock, calm, log });
  closers.add('retention', keeper.stop);
  log(`The laptop cloud listens on ${endpoint}`);
  const invoke: Cloud['invoke'] = (name, event) => invokeNamed(opened.functions, deployment, name, event);
  return { endpoint, environment, invoke, stop: () => closers.closeAll() };
};

const startWork = (
  { functions, start }: OpenedServices,
  deployment: Deployment,
  every: number | undefined,
  isOldState: boolean,
  closers: Closers,
): Schedules => {
  const { account, region } = deployment;
  const { invokeAsync: invoke } = functions;
  start();
  closers.add('workers', () => functions.drain());
  const schedules = startSchedules({ functions: deployment.functions, account, region, invoke, every });
  closers.add('schedules', schedules.stop);
  if (isOldState) schedules.fire();
  return schedules;
};

const invokeNamed = async (
  functions: Functions,
  { service, stage }: Deployment,
  name: string,
  event: unknown,
): Promise<unknown> => {
  const outcome = await functions.invoke(functions.has(name) ? name : `${service}-${stage}-${name}`, event);
  if (outcome.ok) return outcome.payload;
  throw new Error(`${name} failed: ${outcome.error.errorType}: ${outcome.error.errorMessage}`);
};
