import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { NoPython } from '../../local/engines/spark/python.ts';
import { smallStreams } from '../end-to-end/listens.ts';
import { pipelineAt } from '../end-to-end/pipeline.ts';
import { differences as differencesOfKpis, expected, readable } from '../end-to-end/published-kpis.ts';
import { type Account, readAccount, takeGrant } from './emulator/account.ts';
import { type Beside, openBeside } from './emulator/beside.ts';
import { type Emulator, startEmulator } from './emulator/emulator.ts';
import { differences, intentsOf } from './emulator/intent.ts';
import { deployedResources } from './emulator/resolved.ts';
import { openService, type Service } from './emulator/service.ts';
import { at } from './template.ts';

/*
 * The steps build on each other: one account, from nothing to nothing. The emulator enforces roles and bucket policies. What it
 * lacks is bridged:
 *
 * - types of CloudFormation that it does not know: made through its own API, or recorded (`emulator/emulator.py`);
 * - alarms on expressions: on their first metric, the expression is recorded;
 * - Redshift, Redshift Serverless and Glue's jobs run beside it, with the roles of functions and jobs (`emulator/beside.ts`), and
 *   announce their ends on its bus; the functions get SQL for DuckDB (`emulator/service.ts`);
 * - the version in events of S3, and TLS, without which policies deny everything;
 * - properties that it drops are not compared (`emulator/intent.ts`); recorded ones are;
 * - it does not try an event of a rule again when the function fails, so nothing here says how often functions are tried.
 */
vi.setConfig({ testTimeout: 300_000 });
let beside: Beside;
let emulator: Emulator;
let service: Service;
let missing: { readonly message: string } | undefined;

beforeAll(async () => {
  if (!process.env.TEST_DEPLOYED) {
    missing = { message: 'TEST_DEPLOYED=1 deploys onto an emulator, which takes a minute and a half' };
    return;
  }
  beside = await openBeside();
  try {
    emulator = await startEmulator(beside.environment);
    await beside.join(emulator.endpoint);
  } catch (cause) {
    if (!(cause instanceof NoPython) || process.env.CI === 'true') throw cause;
    missing = cause;
    return;
  }
  service = await openService({ ...emulator.environment, ...beside.environment });
}, 180_000);
beforeEach(({ skip }) => {
  if (missing) skip(missing.message);
});
afterAll(async () => {
  await service?.close();
  await emulator?.stop();
  await beside?.close();
});

const account = () => readAccount('soundcheck-dev', emulator.environment);

const resources = async (found: Account) =>
  deployedResources(await service.template(), found.stack ?? {}, {
    roleId: (role) => at(found.roles, role, 'RoleId'),
    zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
  });

/** Without what changes by itself while functions run. */
const lasting = ({ logGroups = {}, stack, ...rest }: Account) => ({
  ...without(/^(ItemCount|TableSizeBytes|Approximate.*|SizeBytes|EventCount)$/, rest),
  logGroups: Object.keys(logGroups),
});

/** Without the moments at which something was written. */
const timeless = (found: object) => without(/^(AlarmConfigurationUpdatedTimestamp|Last.*)$/, found);

const without = (names: RegExp, found: object): object =>
  JSON.parse(JSON.stringify(found, (name, value) => (names.test(name) ? undefined : value)));

test('a deployment makes what the template says', async () => {
  expect(await service.sls('deploy')).toContain('limited the warehouse to 16 RPU-hours a day');
  const found = await account();
  const recorded = await emulator.recorded();
  const deployed = await resources(found);
  const wrong = deployed.flatMap((resource) => {
    const intents = intentsOf(resource);
    const kept = recorded[resource.type]?.[resource.name];
    if (intents.length === 0 && !kept) return [`${resource.id} is nowhere`];
    return [
      ...intents.flatMap(({ kind, name, says }) =>
        at(found[kind], name) === undefined
          ? [`${resource.id}: there is no ${name} among ${kind}`]
          : differences(says, at(found[kind], name), `${resource.id}: ${kind} ${name}`),
      ),
      ...(kept ? differences(resource.properties, kept, `${resource.id}: recorded`) : []),
    ];
  });
  expect(wrong).toEqual([]);
  expect(deployed.length).toBeGreaterThan(150);
});

test('nothing else is in the account', async () => {
  const found = await account();
  const names = (await resources(found)).flatMap((resource) => [
    resource.name,
    ...intentsOf(resource).map(({ name }) => name),
  ]);
  const strange = Object.entries(found)
    .filter(([kind]) => kind !== 'stack')
    .flatMap(([kind, all]) => Object.keys(all).map((name) => ({ kind, name })))
    .filter(({ name }) => !names.includes(name));
  expect(strange).toEqual([]);
});

test('a second deployment without a change changes nothing', async () => {
  const before = lasting(await account());
  expect(await service.sls('deploy')).toMatch(/no changes/i);
  expect(lasting(await account())).toEqual(before);
});

const threshold = async (alarm: string): Promise<unknown> =>
  at(await account(), 'alarms', `soundcheck-dev-${alarm}`, 'Threshold');

test('a deployment that fails takes back what it changed, and the next one works', async () => {
  const before = timeless(lasting(await account()));
  const file = join(service.folder, 'serverless.yml');
  const whole = await readFile(file, 'utf8');
  // CloudWatch rejects an alarm without a threshold; by then the other alarm has changed.
  await writeFile(join(service.folder, 'resources/broken.yml'), brokenAlarm);
  await appendFile(file, `  - \${file(resources/broken.yml)}\n`);
  await expect(service.sls('deploy', '--param', 'quietDays=3')).rejects.toThrow('BrokenAlarm');
  expect(timeless(lasting(await account()))).toEqual(before);
  await writeFile(file, whole);
  expect(await threshold('nothing-lands')).toBe(7);
  await service.sls('deploy', '--param', 'quietDays=3');
  expect(await threshold('nothing-lands')).toBe(3);
});

const brokenAlarm = `Resources:
  BrokenAlarm:
    Type: AWS::CloudWatch::Alarm
    DependsOn: NothingLandsAlarm
    Properties: {Namespace: AWS/Lambda, MetricName: Errors, Period: 60, EvaluationPeriods: 1, ComparisonOperator: GreaterThanThreshold}
`;

test('a file comes through the deployed functions, from landing to KPIs', async () => {
  beside.enforce(await account());
  const pipeline = pipelineAt({ ...emulator.environment, ...names });
  const file = { name: 'streams1.csv', text: smallStreams(1) };
  const landed = await pipeline.land(`data/streams/${file.name}`, file.text);
  const [record] = await pipeline.atRest([landed]);
  expect(record?.state).toBe('published');
  const wanted = expected({ streams: [file], tracks: [] });
  expect(differencesOfKpis(readable(await pipeline.allKpis()), wanted)).toEqual([]);
  expect(await denials()).toEqual([]);
});

test('without one permission a file stops there', async () => {
  const { roles = {} } = await account();
  const role = Object.keys(roles).find((name) => name.includes('CheckQualityRole')) ?? '';
  await takeGrant(role, 'Manifest', emulator.environment);
  const pipeline = pipelineAt({ ...emulator.environment, ...names });
  const settled = async () => (await emulator.log()).match(/settle-batch: dispatched/g)?.length;
  const before = await settled();
  const landed = await pipeline.land('data/streams/streams2.csv', smallStreams(2));
  await vi.waitFor(async () => expect(await denials()).toEqual([denied]), { timeout: 60_000, interval: 200 });
  // The file before took two seconds from there.
  await wait(4_000);
  expect((await pipeline.ledger.files.find(landed))?.state).toBe('claimed');
  expect(await settled()).toBe(before);
});

const denied = `s3:GetObject on arn:aws:s3:::soundcheck-dev-lake-000000000000/data/streams/manifest.json`;

/** What roles were denied. */
const denials = async (): Promise<string[]> =>
  [...(await emulator.log()).matchAll(/^Denied: (\S+ on \S+): /gm)].map(([, call = '']) => call);

const names = {
  LAKE_BUCKET: 'soundcheck-dev-lake-000000000000',
  LEDGER_TABLE: 'soundcheck-dev-ledger',
  KPI_TABLE: 'soundcheck-dev-kpis',
};

test('the removal of a stage that keeps no data leaves nothing', async () => {
  await service.sls('remove');
  const left = Object.entries(await account()).filter(([, all]) => Object.keys(all).length > 0);
  expect(left).toEqual([]);
});
