import { describe, expect, test } from 'vitest';
import { openAccess } from '../../../../local/cloud/access/access.ts';
import { ACCOUNT, REGION } from '../../../../local/cloud/environment.ts';
import { readTemplate } from '../../../../local/cloud/template/template.ts';

const deployment = readTemplate(process.cwd(), { stage: 'dev', account: ACCOUNT, region: REGION });
const access = openAccess({ deployment });
const { functions, jobs, buckets, queues } = deployment;
const lake = `arn:aws:s3:::${buckets.find(({ logicalId }) => logicalId === 'LakeBucket')?.name}`;
const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** Functions and jobs, by name without the stage, that may do something. */
const allowed = (action: string, resource: string): string[] =>
  [...functions, ...jobs]
    .filter(({ role, name }) => {
      try {
        access.expect(access.callerOf(access.keyOf(role, name)), [{ action, resource }]);
        return true;
      } catch {
        return false;
      }
    })
    .map(({ name }) => name.replace(/^soundcheck-dev-/, ''))
    .sort();
const writers = (key: string): string[] => allowed('s3:PutObject', `${lake}/${key}`);
const removers = (key: string): string[] => [
  ...allowed('s3:DeleteObject', `${lake}/${key}`),
  ...allowed('s3:DeleteObjectVersion', `${lake}/${key}`),
];

describe('of all functions and jobs', () => {
  test.each([
    ['runs/b/transform.spec.json', ['run-transform']],
    ['runs/b/transform.result.json', ['transform']],
    ['runs/b/quality.spec.json', ['check-quality']],
    ['runs/b/quality.result.json', ['quality']],
    ['runs/b/quality.verdicts.json', ['quality']],
    ['runs/b/rebuild.spec.json', ['rebuild-models']],
    ['runs/m/migration.spec.json', ['migrate-tables']],
    ['runs/m/tables.spec.json', ['migrate-tables']],
    ['runs/m/tables.result.json', ['tables']],
    ['runs/deployed/streams.json', []],
    ['data/streams/manifest.json', []],
    ['data/streams/a.csv', []],
    ['data/sessions/a.jsonl', ['pull-databases', 'pull-sources']],
    ['data/archive/streams/a.csv@1', ['archive-files']],
    ['data/quarantine/streams/a.csv@1', ['archive-files']],
    ['data/quarantine/streams/a.csv@1.report.json', ['archive-files', 'settle-batch', 'validate-landing']],
    ['data/quarantine/streams/a.csv@1.rows.csv', ['archive-files', 'settle-batch']],
    ['staging/clean/streams/a.csv@1.0', ['validate-landing']],
    ['data/quarantine/sessions/a.jsonl@1.rows.jsonl', ['archive-files', 'settle-batch']],
    ['data/archive/sessions/a.jsonl', ['archive-files']],
    ['staging/clean/streams/jr_1.csv@1.0', ['validate-landing']],
    ['staging/pulls/users/jr_1', ['pull-databases', 'pull-sources']],
    ['staging/b/jr_1/rows/part-0.parquet', ['transform']],
    ['lake/streams/data/part-0.parquet', ['quality']],
    ['lake/streams/metadata/00001-a.metadata.json', ['quality', 'tables']],
    ['kpis/r/1/kpi_days/0000_part_00.json', []],
  ])('%s is written by %j', (key, names) => {
    expect(writers(key)).toEqual(names);
  });

  test('archive-files alone deletes from landing, and nobody what rests or is published', () => {
    expect(removers('data/streams/a.csv')).toEqual(['archive-files']);
    for (const key of ['data/archive/a', 'data/quarantine/a', 'lake/a', 'runs/a', 'kpis/a'])
      expect(removers(key)).toEqual([]);
    expect(removers('staging/b/jr_1/landed/0.csv')).toEqual(['transform']);
    expect(removers('staging/clean/streams/jr_1.csv@1.0')).toEqual([]);
  });

  test('jobs remove old metadata of a silver table, and nothing that has rows', () => {
    expect(removers('lake/streams/metadata/00001-a.metadata.json')).toEqual(['quality', 'tables']);
    for (const key of ['data/day=1/a.parquet', 'metadata/snap-1.avro', 'metadata/a-m0.avro'])
      expect(removers(`lake/streams/${key}`)).toEqual([]);
  });

  test('who closes a rebuild may remove the batches that waited for it', () => {
    const removing = allowed('dynamodb:DeleteItem', arn('dynamodb', 'table/soundcheck-dev-ledger'));
    expect(removing).toEqual(expect.arrayContaining(['publish-kpis', 'rebuild-models']));
  });

  test('pull-sources alone reads secrets, those of the stage', () => {
    const reading = (name: string) =>
      allowed('secretsmanager:GetSecretValue', arn('secretsmanager', `secret:${name}`));
    expect(reading('soundcheck-dev/shop-api-a1b2c3')).toEqual(['pull-sources']);
    expect(reading('soundcheck-prod/shop-api-a1b2c3')).toEqual([]);
  });

  test('migrate-tables alone reads the secret of the administrator of this warehouse', () => {
    const reading = (name: string) =>
      allowed('secretsmanager:GetSecretValue', arn('secretsmanager', `secret:${name}`));
    expect(reading('redshift!soundcheck-dev-soundcheck_admin-a1b2c3')).toEqual(['migrate-tables']);
    expect(reading('redshift!soundcheck-prod-soundcheck_admin-a1b2c3')).toEqual([]);
    expect(reading('redshift!soundcheck-dev-soundcheck_admin-of-another-a1b2c3')).toEqual([]);
  });

  test('the warehouse unloads KPIs, and does not say which were left out', () => {
    const unload = (key: string) => () =>
      access.expect(access.callerOf(access.keyOf(deployment.warehouseRole, 'unload')), [
        { action: 's3:PutObject', resource: `${lake}/${key}` },
      ]);
    expect(unload('kpis/r/1/kpi_days/0000_part_00.json')).not.toThrow();
    for (const key of ['kpis/r/1/left-out.json', 'lake/a', 'runs/r/rebuild.spec.json'])
      expect(unload(key)).toThrow('is not authorized to perform: s3:PutObject');
  });

  test('publish-kpis alone changes KPIs, and nobody changes tables', () => {
    const kpis = arn('dynamodb', 'table/soundcheck-dev-kpis');
    for (const action of ['PutItem', 'DeleteItem', 'BatchWriteItem'])
      expect(allowed(`dynamodb:${action}`, kpis)).toEqual(['publish-kpis']);
    for (const action of ['DeleteTable', 'UpdateTable'])
      expect(allowed(`dynamodb:${action}`, kpis)).toEqual([]);
  });
});

test('events of this stage that reach no function go to their queue, others do not', () => {
  const { arn: resource = '' } =
    queues.find(({ name }) => name === 'soundcheck-dev-undelivered-events') ?? {};
  const sending = (service: string, rule: string) => () =>
    access.expectService(service, arn('events', `rule/${rule}`), { action: 'sqs:SendMessage', resource });
  expect(sending('events.amazonaws.com', 'soundcheck-dev-landed')).not.toThrow();
  expect(sending('events.amazonaws.com', 'soundcheck-prod-landed')).toThrow(/not authorized/);
  expect(sending('sns.amazonaws.com', 'soundcheck-dev-landed')).toThrow(/not authorized/);
});

test('a stream puts files of streams, and what it could not deliver, nowhere else', () => {
  const options = { stage: 'dev', account: ACCOUNT, region: REGION, params: { realtime: 'true' } };
  const realtime = readTemplate(process.cwd(), options);
  const [stream] = realtime.streams;
  const own = openAccess({ deployment: realtime });
  const put = (key: string) =>
    own.expect(own.callerOf(own.keyOf(stream?.role, 'stream')), [
      { action: 's3:PutObject', resource: `${lake}/${key}` },
    ]);
  put('data/streams/2026-11-30/a.jsonl');
  put('staging/firehose-errors/processing-failed/a');
  for (const key of ['data/streams/a.csv', 'data/streams/manifest.json', 'data/users/a.jsonl', 'lake/a'])
    expect(() => put(key)).toThrow('is not authorized to perform: s3:PutObject');
});
