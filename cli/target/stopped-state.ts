import { constants, readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Rows } from '../../functions/pipeline/index.ts';
import {
  clientEnvironment,
  damageOfStores,
  type Examined,
  engineOfState,
  findEngine,
  openDynamo,
  openGateway,
  openQueues,
  openS3,
  ServiceError,
  type Services,
} from '../../local/cloud/index.ts';
import { type Database, readWarehouse } from '../../local/engines/index.ts';
import { DamagedState, lockState } from '../../local/state/index.ts';
import { pointClientsAt } from './open-cloud.ts';
import { cloudEnvironment } from './running-cloud.ts';

/** A state on which no cloud runs, as its clients would see it. */
export type StoppedState = {
  /** The names of its resources, and the address at which its lake, tables and queues can be read. */
  readonly environment: Readonly<Record<string, string>>;
  readonly objects: () => AsyncIterable<Examined>;
  readonly ask: (sql: string) => Promise<Rows>;
};

/** What of a stopped state cannot be read, as messages that name its files. */
export class UnreadableState extends Error {
  override readonly name = 'UnreadableState';
  constructor(readonly damage: readonly string[]) {
    super(damage.join('\n'));
  }
}

/**
 * Reads a state on which no cloud runs, and changes nothing in it: entries are read from copies, objects and the warehouse where
 * they are. Locks the state for that time. Throws `UnreadableState` if stores are damaged.
 */
export const withStoppedState = async <Answer>(
  folder: string,
  work: (stopped: StoppedState) => Promise<Answer>,
): Promise<Answer> => {
  const state = resolve(folder);
  const unlock = await lockState(state);
  const copies = await mkdtemp(join(tmpdir(), 'soundcheck-'));
  try {
    await copyStores(state, copies);
    const damage = [...damageOfStores(copies)].map((message) => message.replaceAll(copies, state));
    if (damage.length > 0) throw new UnreadableState(damage);
    return await onCopies(state, copies, work);
  } finally {
    unlock();
    await rm(copies, { recursive: true, force: true });
  }
};

/** A store of entries: its pages, its log, and what its last commit was. */
const ofStore = /\.db(?:-wal|-last)?$/;

/** Without copying bytes, if the file system supports it. */
const copyStores = async (state: string, copies: string): Promise<void> => {
  for (const name of readdirSync(state, { recursive: true, encoding: 'utf8' })) {
    if (!ofStore.test(name) || name.startsWith('old-')) continue;
    await mkdir(dirname(join(copies, name)), { recursive: true });
    await copyFile(join(state, name), join(copies, name), constants.COPYFILE_FICLONE);
  }
};

const onCopies = async <Answer>(
  state: string,
  copies: string,
  work: (stopped: StoppedState) => Promise<Answer>,
): Promise<Answer> => {
  await mkdir(join(copies, 's3'), { recursive: true });
  await symlink(join(state, 's3', 'objects'), join(copies, 's3', 'objects'));
  const dynamodb = await openDynamo(join(copies, 'dynamo'));
  const s3 = await openS3({ directory: join(copies, 's3'), onObject: () => {}, isReadOnly: true });
  let serve: (services: Services) => void = () => {};
  const services = new Promise<Services>((settle) => {
    serve = settle;
  });
  const gateway = await openGateway({ services, log: () => {} });
  const { endpoint } = gateway;
  const queues = openQueues({ ...queuesIn(copies), endpoint });
  serve({ ...nothingElse, s3, dynamodb, json: { sqs: queues.service } });
  const warehouse = await openStoppedWarehouse(state, copies);
  try {
    const environment = { ...(await namesIn(state)), ...clientEnvironment(endpoint) };
    pointClientsAt(environment);
    const objects = () => namingState(s3.examine(), copies, state);
    return await work({ environment, objects, ask: (sql) => askIn(warehouse, sql) });
  } finally {
    if (!(warehouse instanceof DamagedState)) warehouse.closeSync();
    await gateway.close();
    await queues.service.close();
    await s3.close();
    await dynamodb.close();
  }
};

const namesIn = async (state: string): Promise<Record<string, string>> => {
  const names = await cloudEnvironment(state).catch(() => ({}) as Record<string, string>);
  if (names.LAKE_BUCKET && names.LEDGER_TABLE) return names;
  const next = 'start the cloud on it once, which makes this file again';
  throw new DamagedState(
    join(state, 'cloud.env'),
    'it is missing or does not name the lake and the ledger',
    next,
  );
};

/** A damaged warehouse is an error of each question. */
const openStoppedWarehouse = async (state: string, copies: string) => {
  const engine = findEngine(engineOfState(state));
  const extensions = engine.name === 'spark' ? engine.installation.extensions : [];
  try {
    return await readWarehouse(state, { extensions, spill: join(copies, 'spill') });
  } catch (error) {
    if (error instanceof DamagedState) return error;
    throw error;
  }
};

const askIn = async (warehouse: Database | DamagedState, sql: string): Promise<Rows> => {
  if (warehouse instanceof DamagedState) throw warehouse;
  const connection = await warehouse.connect();
  try {
    const read = await connection.runAndReadAll(sql);
    const columns = read.columnNames().map((name) => ({ name, type: 'varchar' }));
    const rows = read.getRowsJson().map((row) => row.map((cell) => (cell === null ? null : String(cell))));
    return { columns, rows };
  } catch (error) {
    throw warehouse.explain?.(error) ?? error;
  } finally {
    connection.closeSync();
  }
};

async function* namingState(
  found: AsyncIterable<Examined>,
  copies: string,
  state: string,
): AsyncGenerator<Examined> {
  for await (const one of found) {
    if (one.kind === 'damaged') yield { ...one, message: one.message.replaceAll(copies, state) };
    else if (one.kind === 'unknown') yield { ...one, path: one.path.replaceAll(copies, state) };
    else yield one;
  }
}

const queuesIn = (copies: string) => {
  const directory = join(copies, 'queues');
  const names = listed(directory).flatMap((name) => /^(.*)\.db$/.exec(name)?.[1] ?? []);
  return { directory, names, account: '000000000000', region: 'eu-west-1' };
};

const listed = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const never = (): never => {
  throw new ServiceError('UnknownServiceException', 'a stopped state can only be read', 501);
};

const nothingElse = { lambda: async () => never(), health: () => ({}), deploy: async () => never() };
