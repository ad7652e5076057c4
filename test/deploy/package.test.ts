import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compilePattern } from '../../local/cloud/events/pattern.ts';
import { eventCases } from './events.ts';
import { type Packaged, packageService } from './packaged.ts';
import { policyRules } from './policy.ts';
import { unknownToAws } from './service-spec.ts';
import { at, referred, resourcesOf, statementsOf } from './template.ts';

let packaged: Packaged;

beforeAll(async () => {
  packaged = await packageService();
}, 180_000);

const functions = [
  'validate-landing',
  'run-transform',
  'check-quality',
  'settle-batch',
  'archive-files',
  'rebuild-models',
  'migrate-tables',
  'publish-kpis',
  'pull-sources',
  'pull-databases',
  'sweep',
];
/** Functions that are deployed from another one's file. */
const fileOf = (name: string): string => `functions/${name === 'pull-databases' ? 'pull-sources' : name}.ts`;
const keyOf = (name: string): string => name.replace(/-./g, (letters) => letters.slice(1).toUpperCase());
const idOf = (name: string): string => `${keyOf(name).charAt(0).toUpperCase()}${keyOf(name).slice(1)}`;
const propertiesOf = (id: string) => packaged.template.Resources[id]?.Properties ?? {};
const sourceOf = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

describe('the package', () => {
  test('holds the eleven functions under their names', () => {
    const names = resourcesOf(packaged.template, 'AWS::Lambda::Function').map(
      ([, { FunctionName }]) => FunctionName,
    );
    expect(names.sort()).toEqual(functions.map((name) => `soundcheck-dev-${name}`).sort());
  });

  test.each(functions)(
    'holds %s in less than a megabyte, unpacked, with clients of sources two',
    async (name) => {
      const size = await packaged.unpackedSize(keyOf(name));
      expect(size).toBeGreaterThan(100_000);
      expect(size).toBeLessThan((name.startsWith('pull-') ? 2 : 1) * 2 ** 20);
    },
  );

  test('carries the catalog rendered for Redshift', () => {
    expect(packaged.catalog.target).toBe('redshift');
  });

  test('names only what CloudFormation knows', async () => {
    expect(await unknownToAws(packaged.template)).toEqual([]);
  });

  test.each(Object.entries(policyRules))('keeps the rule that %s', (_, rule) => {
    expect(rule(packaged.template)).toEqual([]);
  });
});

describe('functions', () => {
  test('have a role each', () => {
    const roles = functions.map((name) => referred(propertiesOf(`${idOf(name)}LambdaFunction`).Role));
    expect(roles).toEqual(functions.map((name) => `${idOf(name)}Role`));
  });

  test('are described with what their roles may do, as are the jobs', () => {
    const page = readFileSync('docs/deploy.md', 'utf8');
    for (const name of functions) expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
    for (const name of ['transform', 'quality', 'tables'])
      expect(page).toMatch(new RegExp(`^\\| \`${name}\` job \\|`, 'm'));
  });

  test.each(functions)('give %s the variables that it reads', (name) => {
    const read = [...sourceOf(fileOf(name)).matchAll(/\benv\('(\w+)'\)/g)].map(([, variable]) => variable);
    const given = at(propertiesOf(`${idOf(name)}LambdaFunction`), 'Environment', 'Variables') as object;
    expect(read.length).toBeGreaterThan(0);
    expect(Object.keys(given)).toEqual(expect.arrayContaining(read));
    const shared = ['STAGE', 'NAME', 'LAKE_BUCKET', 'VERSION'];
    const named = fileOf(name).endsWith('/pull-sources.ts') ? [...variablesOfSources(), 'ACCOUNT'] : [];
    expect(Object.keys(given)).toEqual(expect.arrayContaining(named));
    expect([...read, ...shared, ...named]).toEqual(expect.arrayContaining(Object.keys(given)));
  });

  test.each(functions)('let %s use what its adapters reach, and nothing else', (name) => {
    const adapters = [...sourceOf(fileOf(name)).matchAll(/'\.\/adapters\/([\w-]+)\.ts'/g)];
    const reached = adapters.flatMap(([, adapter = '']) => reachedBy[adapter] ?? []);
    const granted = statementsOf(packaged.template, `${idOf(name)}Role`)
      .filter(({ Effect, Action }) => Effect === 'Allow' && !underEvery.has(Action[0] ?? ''))
      .flatMap(({ Action, Resource }) => Action.map((action) => grantOf(action, Resource[0])));
    const isReached = (service: string): boolean => !(placed[name]?.without ?? []).includes(service);
    expect(new Set(granted)).toEqual(new Set([...reached.filter(isReached), ...(placed[name]?.with ?? [])]));
  });

  test('let archive-files alone delete from the lake, and not what rests there', () => {
    const deleting = functions.filter((name) =>
      statementsOf(packaged.template, `${idOf(name)}Role`).some(({ Action }) =>
        Action.some((action) => action.startsWith('s3:DeleteObject')),
      ),
    );
    expect(deleting).toEqual(['archive-files']);
    const denied = statementsOf(packaged.template, 'ArchiveFilesRole').find(
      ({ Effect }) => Effect === 'Deny',
    );
    expect(denied?.Action).toContain('s3:DeleteObjectVersion');
    expect(denied?.Resource.map((each) => at(each, 'Fn::Sub'))).toEqual([
      `\${LakeBucket.Arn}/data/archive/*`,
      `\${LakeBucket.Arn}/data/quarantine/*`,
    ]);
  });
});

/** What one deployment of a file needs less or more than the other: only one is in the network, only the other asks functions and reads secrets. */
const placed: Record<string, { readonly with: string[]; readonly without: string[] }> = {
  'pull-sources': { with: [], without: ['rds-db'] },
  'pull-databases': { with: ['ec2'], without: ['lambda', 'secretsmanager'] },
  // It passes on the name of a secret, which Redshift reads for it.
  'migrate-tables': { with: ['secretsmanager'], without: [] },
};

/** Variables that the descriptions of sources name; each may name `ACCOUNT`, too, in the ARN of a secret. */
const variablesOfSources = (): string[] =>
  readdirSync('rules')
    .map((name) => join('rules', name, 'source.json'))
    .filter((path) => existsSync(path))
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)])
    .map(([, name = '']) => name);

/** Services behind an adapter; DynamoDB by table. */
const reachedBy: Record<string, string[]> = {
  'dynamo-ledger': ['dynamodb LedgerTable'],
  'dynamo-kpis': ['dynamodb KpiTable'],
  'eventbridge-events': ['events'],
  'glue-jobs': ['glue'],
  'glue-optimisers': ['glue', 'iam'],
  'lambda-functions': ['lambda'],
  'postgres-source': ['rds-db'],
  'redshift-warehouse': ['redshift-data'],
  'secrets-manager': ['secretsmanager'],
  's3-files': ['s3'],
};
/** First actions of the grants that every function has. */
const underEvery = new Set([
  'logs:CreateLogStream',
  'xray:PutTraceSegments',
  'sqs:SendMessage',
  'kms:Decrypt',
]);
const grantOf = (action: string, resource: unknown): string => {
  const [service = ''] = action.split(':');
  if (service.startsWith('redshift')) return 'redshift-data';
  return service === 'dynamodb' ? `dynamodb ${referred(resource)}` : service;
};

describe('resources', () => {
  test('hold the two tables', () => {
    const tables = Object.fromEntries(resourcesOf(packaged.template, 'AWS::DynamoDB::Table'));
    const keys = [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ];
    expect(tables).toMatchObject({
      LedgerTable: { TableName: 'soundcheck-dev-ledger', KeySchema: keys },
      KpiTable: {
        TableName: 'soundcheck-dev-kpis',
        KeySchema: keys,
        TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      },
    });
    expect(tables.LedgerTable).not.toHaveProperty('TimeToLiveSpecification');
  });

  test('hold a lake that tells EventBridge what lands', () => {
    expect(at(propertiesOf('LakeBucket'), 'NotificationConfiguration')).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
  });

  test('hold the Glue jobs, whose scripts lie under their content', () => {
    const jobs = Object.fromEntries(resourcesOf(packaged.template, 'AWS::Glue::Job'));
    const script = (name: string) =>
      expect.stringMatching(
        new RegExp(`^s3://\\$\\{ServerlessDeploymentBucket\\}/.*/glue/[0-9a-f]{16}/${name}$`),
      );
    expect(jobs).toMatchObject({
      TransformJob: {
        Name: 'soundcheck-dev-transform',
        Command: { ScriptLocation: { 'Fn::Sub': script('transform.py') } },
      },
      QualityJob: {
        Name: 'soundcheck-dev-quality',
        Command: { ScriptLocation: { 'Fn::Sub': script('quality.py') } },
      },
    });
  });
});

describe('a Glue job', () => {
  const argumentsOf = (id: string) => propertiesOf(id).DefaultArguments;
  const jobs = ['TransformJob', 'QualityJob'];

  test.each(jobs)('gets every module of glue/: %s', (id) => {
    const location = at(propertiesOf(id), 'Command', 'ScriptLocation', 'Fn::Sub');
    const folder = String(location).replace(/[^/]+$/, '');
    const modules = readdirSync(join(import.meta.dirname, '../../glue')).filter((name) =>
      name.endsWith('.py'),
    );
    const given = String(at(argumentsOf(id), '--extra-py-files', 'Fn::Sub')).split(',');
    expect(given).toEqual(modules.sort().map((name) => `${folder}${name}`));
  });

  test.each(jobs)('knows the lake, its catalog and its database: %s', (id) => {
    const [separator, settings] = at(argumentsOf(id), '--conf', 'Fn::Join') as [string, unknown[]];
    expect(separator).toBe(' --conf ');
    const texts = settings.map((setting) => at(setting, 'Fn::Sub') ?? setting);
    expect(texts).toEqual(
      expect.arrayContaining([
        'spark.sql.catalog.lake.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog',
        'spark.sql.catalog.lake.io-impl=org.apache.iceberg.aws.s3.S3FileIO',
        `spark.sql.catalog.lake.warehouse=s3://\${LakeBucket}/lake`,
        `spark.soundcheck.root=s3://\${LakeBucket}`,
        `spark.soundcheck.database=\${SilverDatabase}`,
      ]),
    );
  });
});

describe('events', () => {
  const rules = () =>
    resourcesOf(packaged.template, 'AWS::Events::Rule').map(
      ([, { EventPattern, ScheduleExpression, Targets }]) => ({
        schedule: ScheduleExpression,
        // On AWS a reference becomes a name; here it stands for itself.
        pattern: JSON.parse(
          JSON.stringify(EventPattern ?? {}),
          (_, value) => at(value, 'Ref') ?? value,
        ) as object,
        wakes: referred(at(Targets, 0, 'Arn')),
      }),
    );

  test.each(eventCases)('wake whom it concerns: %s', (_, event, wakes) => {
    const woken = rules()
      .filter(({ schedule, pattern }) => !schedule && compilePattern(pattern)(event))
      .map((rule) => rule.wakes);
    expect(woken.sort()).toEqual(wakes.map((name) => `${idOf(name)}LambdaFunction`).sort());
  });

  test('wake sweep every 15 minutes, and pull-sources on the first of each month', () => {
    const scheduled = rules().filter(({ schedule }) => schedule);
    expect(scheduled).toHaveLength(2);
    expect(scheduled).toMatchObject([
      { schedule: 'cron(0 3 1 * ? *)', wakes: 'PullSourcesLambdaFunction' },
      { schedule: 'rate(15 minutes)', wakes: 'SweepLambdaFunction' },
    ]);
  });
});
