import { setTimeout as wait } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { compilePattern } from '../../local/cloud/events/pattern.ts';
import { NoPython } from '../../local/engines/spark/python.ts';
import { smallStreams } from '../end-to-end/listens.ts';
import { pipelineAt } from '../end-to-end/pipeline.ts';
import { differences as differencesOfKpis, expected, readable } from '../end-to-end/published-kpis.ts';
import { type Account, readAccount, takeGrant } from './emulator/account.ts';
import { type Beside, openBeside } from './emulator/beside.ts';
import { strangeIn, wrongIn } from './emulator/compare.ts';
import { type Emulator, startEmulator } from './emulator/emulator.ts';
import { deployedResources } from './emulator/resolved.ts';
import { openService, type Service } from './emulator/service.ts';
import { eventCases } from './events.ts';
import { at, type Properties, resourcesOf, type Template } from './template.ts';

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

const stack = 'soundcheck-dev';

/** These kinds of what the account holds, or all. */
const account = (...kinds: string[]) => readAccount(stack, emulator.environment, ...kinds);

/** The account once all functions are active: made, changed or rolled back, they are pending for a moment. */
const accountAtRest = (): Promise<Account> =>
  vi.waitFor(
    async () => {
      const found = await account();
      for (const each of Object.values(found.functions ?? {})) expect(at(each, 'State')).toBe('Active');
      return found;
    },
    { timeout: 30_000, interval: 300 },
  );

/** Of an SDK client that is the administrator. */
const settings = () => ({
  endpoint: emulator.endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

const resources = async (found: Account) =>
  deployedResources(await service.template('whole'), found.stack ?? {}, {
    roleId: (role) => at(found.roles, role, 'RoleId'),
  });

/** Without what changes by itself while functions run. */
const lasting = ({ logGroups = {}, stack, ...rest }: Account) => ({
  ...without(/^(ItemCount|TableSizeBytes|Approximate.*|SizeBytes|EventCount)$/, rest),
  logGroups: Object.keys(logGroups),
});

/** Without what a change leaves behind that was taken back. */
const timeless = (found: object) =>
  without(/^(AlarmConfigurationUpdatedTimestamp|Last.*|RevisionId|StateReason.*)$/, found);

const without = (names: RegExp, found: object): object =>
  JSON.parse(JSON.stringify(found, (name, value) => (names.test(name) ? undefined : value)));

/** The framework does not wait until CloudFormation has taken everything back. */
const isRolledBack = async () => {
  const { Stacks } = await new CloudFormationClient(settings()).send(
    new DescribeStacksCommand({ StackName: stack }),
  );
  expect(Stacks?.[0]?.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
};
/** Deploys while the account cannot have the warehouse. */
const deployInVain = async (...options: string[]) => {
  await emulator.reject('AWS::RedshiftServerless::Workgroup');
  await expect(service.sls('deploy', ...options)).rejects.toThrow('has reached its limit');
  await emulator.reject('');
  await vi.waitFor(isRolledBack, { timeout: 30_000, interval: 100 });
};

/** What CloudFormation cannot delete: a protected table. */
const leaveLedger = () =>
  new DynamoDBClient(settings()).send(
    new CreateTableCommand({
      TableName: names.LEDGER_TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );

/** The whole account after its first deployment. */
let first: Account;

test('a first deployment that fails leaves the bucket for deployments only, and the next one works', async () => {
  await deployInVain();
  await service.keepPackage('whole');
  const { stack: left = {}, ...rest } = await account();
  expect(Object.keys(left)).toEqual(['ServerlessDeploymentBucket', 'ServerlessDeploymentBucketPolicy']);
  const bucket = String(at(left, 'ServerlessDeploymentBucket', 'PhysicalResourceId'));
  expect(Object.values(rest).flatMap(Object.keys)).toEqual([bucket]);
  await leaveLedger();
  const said = await service.sls('deploy', '--package', 'whole');
  expect(said).toContain('deleted table soundcheck-dev-ledger, which a failed deployment left without data');
  expect(said).toContain('limited the warehouse to 16 RPU-hours a day');
  first = await accountAtRest();
});

test('a deployment makes what the template says', async () => {
  const deployed = await resources(first);
  expect(wrongIn(first, await emulator.recorded(), deployed)).toEqual([]);
  expect(deployed.length).toBeGreaterThan(150);
});

test('nothing else is in the account', async () => {
  expect(strangeIn(first, await resources(first))).toEqual([]);
});

test('each event wakes whom it concerns, also for a matcher that is not ours', async () => {
  const events = new EventBridgeClient(settings());
  const rules = Object.values(first.rules ?? {}).filter((rule) => at(rule, 'EventPattern'));
  const isMatched = async (pattern: unknown, event: object): Promise<boolean> => {
    const [EventPattern, Event] = [JSON.stringify(pattern), JSON.stringify(event)];
    return (await events.send(new TestEventPatternCommand({ EventPattern, Event }))).Result === true;
  };
  for (const [what, template, wakes] of eventCases) {
    // In the cases a resource has the name that it has in the template.
    const event = JSON.parse(JSON.stringify(template), (_, value) =>
      typeof value === 'string' ? (at(first.stack, value, 'PhysicalResourceId') ?? value) : value,
    );
    const whole = { id: '1', account: '000000000000', time: '2026-01-01T00:00:00Z', region: 'eu-west-1' };
    const matched = await Promise.all(
      rules.map((rule) => isMatched(at(rule, 'EventPattern'), { ...event, ...whole, resources: [] })),
    );
    const woken = rules.filter((_, number) => matched[number]);
    const targets = woken.map((rule) => String(at(rule, 'Targets', 0, 'Arn')).split(':soundcheck-dev-')[1]);
    expect(targets.sort(), what).toEqual([...wakes].sort());
    const ours = rules.filter((rule) => compilePattern(at(rule, 'EventPattern'))(event));
    expect(ours, what).toEqual(woken);
  }
  expect(rules.length).toBeGreaterThan(10);
});

test('a second deployment without a change changes nothing', async () => {
  // Packaged again, as a person deploys.
  expect(await service.sls('deploy')).toMatch(/no changes/i);
  expect(lasting(await accountAtRest())).toEqual(lasting(first));
});

/** Of an alarm, of the warehouse after it, and of all functions. */
const change = (Resources: Template['Resources']): Template['Resources'] => {
  const changed = (id: string, properties: Properties, more: object = {}) => {
    const { Type = '', Properties, ...rest } = Resources[id] ?? {};
    return { [id]: { ...rest, ...more, Type, Properties: { ...Properties, ...properties } } };
  };
  const functions = resourcesOf({ Resources }, 'AWS::Lambda::Function').map(([id]) => id);
  return Object.assign(
    changed('NothingLandsAlarm', { Threshold: 3 }),
    changed('WarehouseWorkgroup', { MaxCapacity: 24 }, { DependsOn: 'NothingLandsAlarm' }),
    ...functions.map((id) => changed(id, { Description: 'Changed' })),
  );
};

const threshold = async (): Promise<unknown> =>
  at(await account('alarms'), 'alarms', 'soundcheck-dev-nothing-lands', 'Threshold');

test('a deployment that fails takes back what it changed, and the next one works', async () => {
  await service.changePackage('whole', 'changed', change);
  await deployInVain('--package', 'changed');
  expect(timeless(lasting(await accountAtRest()))).toEqual(timeless(lasting(first)));
  expect(await threshold()).toBe(7);
  expect(await service.sls('deploy', '--package', 'changed')).toContain('this one is not skipped');
  expect(await threshold()).toBe(3);
});

test('a file comes through the deployed functions, from landing to KPIs', async () => {
  beside.enforce(await account('functions'));
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
  const { roles = {} } = await account('roles');
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
