import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { finishDeployment } from '../../cli/target/finish-deployment.ts';
import { portsOf } from '../../cli/target/target.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import { NoPython } from '../../local/engines/spark/python.ts';
import { startShopApi } from '../../local/sources/index.ts';
import { soundcheckHere } from '../cli/soundcheck-here.ts';
import { startEmulator } from '../deploy/emulator/emulator.ts';
import { changeWarehouse, queryWarehouse } from '../end-to-end/warehouse.ts';
import { alarmsOfFunctions, alarmsOfTemplate } from './alarms.ts';
import { awsCommand } from './aws-command.ts';

const page = readFileSync('docs/operate.md', 'utf8');

/** The commands of the page's blocks, in order. */
const commands = [...page.matchAll(/^```\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
  block.trimEnd().split('\n'),
);

test('docs/operate.md has every alarm with its description', () => {
  const rows = [...page.matchAll(/^\| `(\S+)` \| (.*) \| (`.*`) \|$/gm)].map(([, name, means, run = '']) => ({
    ...{ name, means },
    run: run.replaceAll('`', '').replaceAll(', then ', '; '),
  }));
  expect(rows).toEqual([...alarmsOfTemplate(), ...alarmsOfFunctions()]);
});

test('docs/operate.md has the filter of the saved query, which reads all logs of work on files', () => {
  const saved = parse(readFileSync('resources/log-queries.yml', 'utf8'), {
    customTags: [{ tag: '!Ref', resolve: (name: string) => name }],
  }).Resources.FollowFile.Properties as { QueryString: string; LogGroupNames: string[] };
  const filter = saved.QueryString.split('\n').find((line) => line.startsWith('| filter'));
  expect(page).toContain(`\`${filter?.slice(2)}\``);
  const sections = Object.keys(parse(readFileSync('functions/functions.yml', 'utf8'), { logLevel: 'error' }));
  const groups = sections
    .filter((name) => name !== 'migrateTables')
    .map((name) => `${name[0]?.toUpperCase()}${name.slice(1)}LogGroup`);
  expect([...saved.LogGroupNames].sort()).toEqual(groups.sort());
});

/** Commands of the text and of the table of alarms, with names for what the reader puts in. */
const helping = [
  ...new Set([...page.matchAll(/`(npx soundcheck [^`]+)`/g)].map(([, command = '']) => command)),
];
const named: Readonly<Record<string, string>> = { MART: 'listening', FILE: 'local/sample/streams1.csv' };
const inFull = (command: string): string =>
  command
    .replace('DATASET', command.includes(' pull ') ? 'users' : 'streams')
    .replace('--file FILE', '--file data/streams/streams1.csv')
    .replace(/MART|FILE/, (word) => named[word] ?? word)
    .replace(/(pull users)(?! --from)/, '$1 --from 2024-01-01 --to 2024-01-31');

/** What other tests run, or everybody who runs these tests: its words are compared. */
const elsewhere = new Set([
  ...['npm ci', 'npm run check', 'git pull'],
  ...['npx sls deploy --stage dev', 'npx sls remove --stage dev'],
]);

describe('on the laptop cloud', { timeout: 240_000 }, () => {
  let folder: string;
  let state: string;
  let cloud: Cloud;
  let api: Awaited<ReturnType<typeof startShopApi>>;
  const client = { client_id: 'soundcheck', client_secret: 'first' };
  const name = 'soundcheck-dev/shop-api';
  const arn = `arn:aws:secretsmanager:eu-west-1:000000000000:secret:${name}-local1`;
  const before = { ...process.env };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'operate-'));
    state = join(folder, 'state');
    const bundles = join(process.cwd(), '.build', 'sources');
    api = await startShopApi({ bundles, auth: { kind: 'oauth2_client_credentials', ...client } });
    const variables = { SHOP_API: api.url, SHOP_API_SECRET: arn };
    const secrets = { [arn]: JSON.stringify(client) };
    cloud = await startCloud({ root: process.cwd(), state, variables, secrets });
    Object.assign(process.env, cloud.environment);
    await writeFile(join(folder, 'secret.json'), JSON.stringify(client));
  }, 120_000);
  afterAll(async () => {
    await cloud?.stop();
    await api?.stop();
    for (const variable of Object.keys(cloud?.environment ?? {})) delete process.env[variable];
    Object.assign(process.env, before);
    await rm(folder, { recursive: true, force: true });
  });

  /** `sls deploy` in small: its last step, until all tables are there. */
  const deploy = async () => {
    const { LAKE_BUCKET = '', LEDGER_TABLE = '' } = cloud.environment;
    await finishDeployment(portsOf({ LAKE_BUCKET, LEDGER_TABLE }));
    await vi.waitFor(
      async () => {
        const { stdout } = await soundcheckHere(['runs', '--state', state, '--json']);
        const { marts } = JSON.parse(stdout) as { marts: { tables: string }[] };
        expect(marts.map(({ tables }) => tables)).toEqual(marts.map(() => 'migrated'));
      },
      { timeout: 120_000, interval: 1_000 },
    );
  };

  const words = (command: string): string[] =>
    [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);

  test.each(commands.map((command, at) => [at, command] as const))('%i: %s', async (_, command) => {
    if (command.includes('restore-table')) return;
    if (command.startsWith('npx sls deploy')) await deploy();
    if (command.startsWith('aws ')) return awsCommand(words(command).slice(1), folder);
    if (elsewhere.has(command)) return;
    expect(command).toMatch(/^npx soundcheck .* --stage dev$/);
    if (command.includes('--tables')) await changeWarehouse('drop table gold.fact_listens');
    const args = words(command.replace('--stage dev', `--state ${state}`)).slice(2);
    const { code, stdout, stderr } = await soundcheckHere(args);
    expect([code, code === 0 ? '' : `${stdout}${stderr}`]).toEqual([0, '']);
    if (!command.includes('--tables')) return;
    expect(await queryWarehouse('select count(*) from gold.fact_listens')).toEqual([['11346']]);
  });

  test.each(helping.map(inFull))('in a sentence: %s', async (command) => {
    const args = words(command.replace(/ --stage dev$/, '')).slice(2);
    const { code, stdout, stderr } = await soundcheckHere([...args, '--state', state]);
    expect([code, code === 0 ? '' : `${stdout}${stderr}`]).toEqual([0, '']);
  });
});

test('on an emulator of AWS: a table is restored beside the one that it was', async ({ skip }) => {
  const emulator = await startEmulator().catch((cause: unknown) => {
    if (cause instanceof NoPython && process.env.CI !== 'true') return skip(cause.message);
    throw cause;
  });
  const {
    AWS_REGION: region = '',
    AWS_ACCESS_KEY_ID: accessKeyId = '',
    AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
  } = emulator.environment;
  const where = { endpoint: emulator.endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const tables = new DynamoDBClient(where);
  const key = { pk: { S: 'a' }, sk: { S: 'b' } };
  try {
    await tables.send(new CreateTableCommand(ledgerLike));
    await tables.send(
      new PutItemCommand({ TableName: ledgerLike.TableName, Item: { ...key, seq: { N: '7' } } }),
    );
    const command = commands.find((one) => one.includes('restore-table')) ?? '';
    await awsCommand(command.split(' ').slice(1), '', where);
    const TableName = 'soundcheck-dev-ledger-then';
    expect(await tables.send(new GetItemCommand({ TableName, Key: key }))).toHaveProperty('Item.seq.N', '7');
  } finally {
    tables.destroy();
    await emulator.stop();
  }
}, 90_000);

const ledgerLike: CreateTableCommandInput = {
  TableName: 'soundcheck-dev-ledger',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
};
