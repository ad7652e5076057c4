import { beforeAll, describe, expect, test } from 'vitest';
import { NoPython } from '../../local/engines/spark/python.ts';
import { cfnLint } from './cfn-lint.ts';
import { mutants } from './mutants.ts';
import { type Packaged, packageService, type Variant } from './packaged.ts';
import { policyRules } from './policy.ts';
import { exceptions, resourceRules } from './resource-rules.ts';
import { unknownToAws } from './service-spec.ts';
import { at, resourcesOf, statementsOf, type Template } from './template.ts';
import { shortOf, wildcards } from './wildcards.ts';

/** The deployments that are packaged in tests. */
const variants: Readonly<Record<string, Variant>> = {
  dev: {},
  prod: { stage: 'prod' },
  cluster: { params: ['warehouse=cluster', 'natGateway=true', 'secretsEndpoint=true'] },
};
const names = Object.keys(variants);

const packaged: Record<string, Packaged> = {};
beforeAll(async () => {
  for (const [name, variant] of Object.entries(variants)) packaged[name] = await packageService(variant);
}, 400_000);

const templateOf = (name: string): Template => packaged[name]?.template ?? { Resources: {} };
const propertiesOf = (name: string, id: string) => templateOf(name).Resources[id]?.Properties ?? {};

test('the templates pass cfn-lint', async ({ skip }) => {
  const files = names.map((name) => [name, packaged[name]?.file ?? '']);
  try {
    expect(await cfnLint(Object.fromEntries(files))).toEqual([]);
  } catch (cause) {
    if (cause instanceof NoPython && process.env.CI !== 'true') skip(cause.message);
    throw cause;
  }
});

describe.each(names)('the template of %s', (name) => {
  test('names only what CloudFormation knows', async () => {
    expect(await unknownToAws(templateOf(name))).toEqual([]);
  });

  test.each(Object.entries(policyRules))('keeps the rule that %s', (_, rule) => {
    expect(rule(templateOf(name))).toEqual([]);
  });

  test.each(Object.entries(resourceRules))('keeps the rule that %s', (_, { breaks }) => {
    expect(breaks(templateOf(name))).toEqual([]);
  });

  test('fits into a stack, and its body into S3', () => {
    expect(Object.keys(templateOf(name).Resources).length).toBeLessThan(500);
    expect(JSON.stringify(templateOf(name)).length).toBeLessThan(1_000_000);
  });
});

describe('the rules about resources', () => {
  /** The template of the variant that has the resource, changed. */
  const changed = (id: string, path: string, value: unknown): Template => {
    const owner = names.find((name) => id in templateOf(name).Resources) ?? '';
    const template = structuredClone(templateOf(owner)) as { Resources: Record<string, object> };
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    const place = at(template.Resources[id], ...steps) as Record<string, unknown>;
    if (value !== undefined) place[last] = value;
    else if (Array.isArray(place)) place.splice(Number(last), 1);
    else delete place[last];
    return template as Template;
  };
  // Two of the rules are broken by what is missing: see below.
  const cases = Object.entries(mutants).flatMap(([rule, all]) =>
    all.map(([id, path, value]) => ({ rule, id, path, value })),
  );

  test.each(cases)('find $id with another $path: $rule', ({ rule, id, path, value }) => {
    expect(resourceRules[rule]?.breaks(changed(id, path, value))).toEqual([id]);
  });

  test('find a queue that lost its policy, and a function that anybody may call', () => {
    const { UndeliveredEventsPolicy: _, ...rest } = templateOf('dev').Resources;
    expect(resourceRules['queues reject plain HTTP']?.breaks({ Resources: rest })).toEqual([
      'UndeliveredEvents',
    ]);
    const open = {
      Open: { Type: 'AWS::Lambda::Permission', Properties: { Principal: 'events.amazonaws.com' } },
    };
    const rule = resourceRules['a function can be called by events of this account only'];
    expect(rule?.breaks({ Resources: open })).toEqual(['Open']);
  });

  test('each have a mutant and a reason, and apply to a resource that is there', () => {
    expect(Object.keys(mutants)).toEqual(Object.keys(resourceRules));
    for (const { reason } of Object.values(resourceRules)) expect(reason).toMatch(/^[A-Z].*\.$/s);
  });

  test('go through the public pack for our types, each of its rules kept or excepted with a reason', () => {
    const kept = Object.values(resourceRules).flatMap(({ packs = [] }) => packs);
    expect([...kept, ...Object.keys(exceptions)].sort()).toEqual([...packOfOurTypes].sort());
  });
});

/** Rules of cdk-nag's AwsSolutions pack for types of resources that we have. */
const packOfOurTypes = [
  ...['ATH1', 'DDB3', 'EC23', 'EC27', 'EVB1', 'GL1', 'GL3', 'IAM4', 'IAM5', 'KDF1', 'KMS5', 'L1'],
  ...['RS1', 'RS2', 'RS3', 'RS4', 'RS5', 'RS6', 'RS8', 'RS9', 'RS10', 'RS11'],
  ...['S1', 'S2', 'S5', 'S10', 'SMG4', 'SNS3', 'SQS2', 'SQS3', 'SQS4', 'VPC3', 'VPC7'],
];

describe('a stage', () => {
  const policies = (name: string) => [
    ...new Set(
      ['LakeBucket', 'LedgerTable', 'KpiTable', 'DataKey', 'WarehouseNamespace'].map((id) =>
        at(templateOf(name).Resources[id], 'DeletionPolicy'),
      ),
    ),
  ];

  test('that is dev deletes its data when it is removed; prod keeps it and protects its tables', () => {
    expect(policies('dev')).toEqual(['Delete']);
    expect(policies('prod')).toEqual(['RetainExceptOnCreate']);
    expect(propertiesOf('dev', 'LedgerTable').DeletionProtectionEnabled).toBe(false);
    expect(propertiesOf('prod', 'LedgerTable').DeletionProtectionEnabled).toBe(true);
  });

  test('runs as many jobs at once as there are datasets, with the workers of the stage', () => {
    const datasets = resourcesOf(templateOf('dev'), 'AWS::Glue::DataQualityRuleset').length;
    expect(datasets).toBeGreaterThanOrEqual(6);
    for (const job of ['TransformJob', 'QualityJob'])
      expect(at(propertiesOf('dev', job), 'ExecutionProperty', 'MaxConcurrentRuns')).toBeGreaterThanOrEqual(
        datasets,
      );
    const workers = (name: string) => Number(propertiesOf(name, 'TransformJob').NumberOfWorkers);
    expect(workers('prod')).toBeGreaterThan(workers('dev'));
  });

  test.each(['dev', 'cluster'])('tells functions of %s which warehouse they have', (name) => {
    const given = at(propertiesOf(name, 'RebuildModelsLambdaFunction'), 'Environment', 'Variables');
    const warehouse = { dev: `workgroup/\${WarehouseWorkgroup}`, cluster: `cluster/\${WarehouseCluster}` }[
      name
    ];
    expect(given).toMatchObject({ WAREHOUSE: { 'Fn::Sub': warehouse }, DATABASE: 'soundcheck' });
    const kinds = Object.values(templateOf(name).Resources).map(({ Type }) => Type);
    expect(kinds.some((kind) => kind === 'AWS::Redshift::Cluster')).toBe(name === 'cluster');
    expect(kinds.some((kind) => kind === 'AWS::RedshiftServerless::Workgroup')).toBe(name !== 'cluster');
  });

  test('reaches the internet from private subnets, and Secrets Manager, only where it asks for it', () => {
    const asked = (name: string) =>
      ['NatGateway', 'SecretsEndpoint'].map((each) => at(templateOf(name), 'Parameters', each, 'Default'));
    expect(asked('dev')).toEqual(['false', 'false']);
    expect(asked('cluster')).toEqual(['true', 'true']);
    const conditional = (type: string) =>
      Object.values(templateOf('dev').Resources).flatMap((resource) =>
        resource.Type === type ? [at(resource, 'Condition')] : [],
      );
    expect(conditional('AWS::EC2::NatGateway')).toEqual(['HasNat']);
    expect(conditional('AWS::EC2::VPCEndpoint')).toEqual([undefined, undefined, 'HasSecretsEndpoint']);
  });
});

/** What must never happen unseen, with the metric that shows it and the number above or below which somebody is told. */
const watched: readonly (readonly [alarm: string, metric: string, comparison: string, threshold: number])[] =
  [
    ['undelivered-events', 'ApproximateNumberOfMessagesVisible', 'GreaterThanThreshold', 0],
    ['failed-invocations', 'ApproximateNumberOfMessagesVisible', 'GreaterThanThreshold', 0],
    ['no-sweep-for-an-hour', 'Invocations', 'LessThanThreshold', 1],
    ['files-wait', 'OldestWaiting', 'GreaterThanThreshold', 3_600],
    ['rows-unbalanced', 'RowsUnbalanced', 'GreaterThanThreshold', 0],
    ['kpis-are-late', 'KpiAge', 'GreaterThanThreshold', 3],
    ['nothing-lands', 'SinceLanded', 'GreaterThanThreshold', 2],
    ['costs-much', 'JobDpuSeconds', 'GreaterThanThreshold', 50],
    ['batches-fail', 'BatchesFailed', 'GreaterThanThreshold', 2],
    ['sweep-errors', 'Errors', 'GreaterThanThreshold', 2],
    ['sweep-throttles', 'Throttles', 'GreaterThanThreshold', 0],
    ['sweep-duration', 'Duration', 'GreaterThanThreshold', 240_000],
  ];

test.each(watched)('prod tells about %s: %s %s %i', (alarm, metric, comparison, threshold) => {
  const [, found] =
    resourcesOf(templateOf('prod'), 'AWS::CloudWatch::Alarm').find(
      ([, { AlarmName }]) => AlarmName === `soundcheck-prod-${alarm}`,
    ) ?? [];
  const metrics = ((found?.Metrics ?? []) as object[]).map((one) =>
    at(one, 'MetricStat', 'Metric', 'MetricName'),
  );
  expect([found?.MetricName, ...metrics]).toContain(metric);
  expect([found?.ComparisonOperator, Number(found?.Threshold)]).toEqual([comparison, threshold]);
  expect(String(found?.AlarmDescription)).toMatch(/ - npx soundcheck \w+.* --stage prod$/);
});

test('the list of wildcards has none that no role uses', () => {
  const used = names.flatMap((name) =>
    resourcesOf(templateOf(name), 'AWS::IAM::Role').flatMap(([role]) =>
      statementsOf(templateOf(name), role).flatMap(({ Resource }) =>
        Resource.map((resource) => shortOf(String(at(resource, 'Fn::Sub')))),
      ),
    ),
  );
  expect(Object.keys(wildcards).filter((each) => !used.includes(each))).toEqual([]);
});

describe('what costs money while nothing happens', () => {
  const asked = (name: string) =>
    ['FunctionAlarms', 'QuietAlarm', 'HasDashboard'].map((each) =>
      at(templateOf(name), 'Parameters', each, 'Default'),
    );

  test('is in prod, and in dev only if it is asked for', () => {
    expect(asked('dev')).toEqual(['false', 'false', 'false']);
    expect(asked('prod')).toEqual(['true', 'true', 'true']);
    const conditionOf = (id: string) => at(templateOf('prod').Resources[id], 'Condition');
    expect(['SweepErrorsAlarm', 'NothingLandsAlarm', 'Dashboard'].map(conditionOf)).toEqual([
      'WatchesFunctions',
      'WatchesSilence',
      'IsShown',
    ]);
  });

  test('is told to the functions that cause it', () => {
    const told = (name: string, id: string, variable: string) =>
      at(propertiesOf(name, id), 'Environment', 'Variables', variable);
    const both = (id: string, variable: string) => ['dev', 'prod'].map((name) => told(name, id, variable));
    expect(both('SweepLambdaFunction', 'QUIET_ALARM')).toEqual(['false', 'true']);
    expect(both('MigrateTablesLambdaFunction', 'OPTIMISER_HOURS')).toEqual(['168', '24']);
  });
});

describe('the dashboard', () => {
  type Widget = { readonly y: number; readonly x: number; readonly properties: { readonly title: string } };

  /** Without the alarms that are only there by parameter. */
  const body = (): string =>
    String(at(propertiesOf('dev', 'Dashboard'), 'DashboardBody', 'Fn::Sub', 0)).replace(
      `\${NothingLands}`,
      '',
    );

  test('begins with balance, oldest file, KPI age, dead letters and cost', () => {
    const { widgets } = JSON.parse(body()) as { widgets: readonly Widget[] };
    const first = widgets.filter(({ y }) => y === 0).sort((a, b) => a.x - b.x);
    expect(first.map(({ properties: { title } }) => title.split(/[,:]/)[0])).toEqual([
      'Balance',
      'Oldest waiting file',
      'KPI age',
      'Dead letters',
      'Cost of Glue and Redshift',
    ]);
  });

  test('and the alarms use only metrics that something makes', () => {
    const made = resourcesOf(templateOf('dev'), 'AWS::Logs::MetricFilter').map(([, filter]) =>
      at(filter, 'MetricTransformations', 0, 'MetricName'),
    );
    const gauges = ['OldestWaiting', 'KpiAge', 'RowsUnbalanced', 'SinceLanded'];
    const shown = [...body().matchAll(/\["soundcheck-dev", "(\w+)"/g)].map(([, metric]) => metric);
    const watched = resourcesOf(templateOf('dev'), 'AWS::CloudWatch::Alarm').flatMap(([, alarm]) => [
      { namespace: alarm.Namespace, metric: alarm.MetricName },
      ...((alarm.Metrics ?? []) as object[]).map((one) => ({
        namespace: at(one, 'MetricStat', 'Metric', 'Namespace'),
        metric: at(one, 'MetricStat', 'Metric', 'MetricName'),
      })),
    ]);
    const ours = watched
      .filter(({ namespace }) => namespace === 'soundcheck-dev')
      .map(({ metric }) => metric);
    expect(shown.length).toBeGreaterThan(8);
    expect(ours.length).toBeGreaterThan(8);
    expect([...made, ...gauges]).toEqual(expect.arrayContaining([...shown, ...ours]));
  });
});
