import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { finishDeployment } from '../../cli/target/finish-deployment.ts';
import { portsOf } from '../../cli/target/target.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import { startShopApi } from '../../local/sources/index.ts';
import { soundcheckHere } from '../cli/soundcheck-here.ts';
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

/** What runs on AWS only, or is npm's: its words are compared. */
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
});
