import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Cloud, startCloud } from '../../../local/cloud/cloud.ts';
import { StateNotWritable } from '../../../local/state/disk-failure.ts';
import { StateIsLocked } from '../../../local/state/lock.ts';
import { mountSmallDisk } from '../../torture/small-disk.ts';

const root = process.cwd();

let state: string;
let cloud: Cloud | undefined;
let killed: ChildProcess | undefined;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'cloud-'));
});
afterEach(async () => {
  killed?.kill('SIGKILL');
  await cloud?.stop();
  cloud = undefined;
  await rm(state, { recursive: true, force: true });
});

const clientOf = (environment: Readonly<Record<string, string>>) => ({
  endpoint: environment.AWS_ENDPOINT_URL ?? '',
  region: environment.AWS_REGION ?? '',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

/** Lands a file of three listens under the real manifest. */
const land = async (environment: Readonly<Record<string, string>>) => {
  const s3 = new S3Client(clientOf(environment));
  const Bucket = environment.LAKE_BUCKET;
  const manifest = await readFile(join(root, 'rules/streams/manifest.json'));
  const rows = [1, 2, 3].map((user) => `${user},6oGPB9RTuiEItZCRa4JRXN,2024-06-25 17:43:1${user}`);
  const file = `user_id,track_id,listen_time\n${rows.join('\n')}\n`;
  await s3.send(new PutObjectCommand({ Bucket, Key: 'data/streams/manifest.json', Body: manifest }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'data/streams/streams1.csv', Body: file }));
  s3.destroy();
};

const day = async (environment: Readonly<Record<string, string>>) => {
  const dynamo = new DynamoDBClient(clientOf(environment));
  const Key = { pk: { S: 'DAY#2024-06-25' }, sk: { S: 'CURRENT' } };
  const { Item } = await dynamo.send(new GetItemCommand({ TableName: environment.KPI_TABLE, Key }));
  dynamo.destroy();
  return Item;
};

const secretArn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop-api-a1B2c3';

const secretIn = async (environment: Readonly<Record<string, string>>) => {
  const client = new SecretsManagerClient(clientOf(environment));
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  client.destroy();
  return SecretString;
};

/** Starts a cloud in another process and answers its environment. */
const startProcess = async (): Promise<Record<string, string>> => {
  const script = join(import.meta.dirname, 'cloud-process.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, root, state], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  killed = child;
  const [line] = await once(createInterface(child.stdout), 'line');
  return JSON.parse(line);
};

describe('the cloud', { timeout: 120_000 }, () => {
  test('deploys everything, says where it is, holds its state alone, and ends', async () => {
    const variables = { KPI_TABLE: 'kpis-elsewhere', UNNAMED: 'no function has it' };
    cloud = await startCloud({ root, state, variables, secrets: { [secretArn]: 'hush' } });
    const { endpoint, environment } = cloud;
    expect(environment).toEqual({
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      LAKE_BUCKET: 'soundcheck-dev-lake-000000000000',
      LEDGER_TABLE: 'soundcheck-dev-ledger',
      KPI_TABLE: 'kpis-elsewhere',
    });
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
    expect(await readFile(join(state, 'cloud.env'), 'utf8')).toBe(lines.join(''));
    await expect(startCloud({ root, state })).rejects.toThrow(StateIsLocked);
    expect(await (await fetch(`${endpoint}/_soundcheck`)).json()).toMatchObject({ stage: 'dev' });
    expect(await cloud.invoke('sweep', {})).toBeNull();
    expect(await secretIn(environment)).toBe('hush');
    await cloud.stop();
    await expect(fetch(`${endpoint}/_soundcheck`)).rejects.toThrow();
    expect(existsSync(join(state, 'lock'))).toBe(false);
  });

  test('leaves nothing open when it cannot start', async () => {
    await expect(startCloud({ root: state, state: join(state, 'x') })).rejects.toThrow(
      /serverless\.yml: cannot be read/,
    );
    expect(existsSync(join(state, 'x', 'lock'))).toBe(false);
  });

  test('brings a file that had just landed when it was killed to its KPIs', async () => {
    await land(await startProcess());
    killed?.kill('SIGKILL');
    cloud = await startCloud({ root, state });
    const { environment } = cloud;
    await vi.waitFor(async () => expect(await day(environment)).toMatchObject({ listens: { N: '3' } }), {
      timeout: 90_000,
      interval: 200,
    });
  });
});

const disk = mountSmallDisk(2 ** 20);
afterAll(() => (typeof disk === 'string' ? undefined : disk.remove()));

test.skipIf(typeof disk === 'string')(
  `does not start on a full disk, says so, and leaves nothing${typeof disk === 'string' ? ` (skipped: ${disk})` : ''}`,
  async () => {
    if (typeof disk === 'string') return;
    disk.fill(0);
    const folder = join(disk.folder, 'state');
    const starting = startCloud({ root, state: folder });
    await expect(starting).rejects.toThrow(StateNotWritable);
    await expect(starting).rejects.toThrow(
      `the disk of the state folder ${folder} is full, so free some space (ENOSPC: no space left on device, write)`,
    );
    expect(existsSync(folder) ? await readdir(folder) : []).toEqual([]);
  },
);
