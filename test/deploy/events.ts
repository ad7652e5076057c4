/** Events as they come, one of each kind, and which functions each wakes. */

const landed = (key: string, bucket = 'LakeBucket') => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: bucket }, object: { key, size: 1, 'version-id': 'v1' }, reason: 'PutObject' },
});
const run = (jobName: string, state: string) => ({
  source: 'aws.glue',
  'detail-type': 'Glue Job State Change',
  detail: { jobName, jobRunId: 'jr_1', state },
});
const statement = (statementName: string, state: string) => ({
  source: 'aws.redshift-data',
  'detail-type': 'Redshift Data Statement Status Change',
  detail: { statementId: 's', statementName, state },
});
const said = (type: string, stage = 'dev', source = 'soundcheck') => ({
  source,
  'detail-type': type,
  detail: { stage, dataset: 'streams', id: 'b1' },
});

type Case = readonly [what: string, event: Record<string, unknown>, wakes: readonly string[]];

export const eventCases: readonly Case[] = [
  ['a file that lands', landed('data/streams/streams1.csv'), ['validate-landing']],
  ['a manifest that lands', landed('data/streams/manifest.json'), ['validate-landing']],
  ['a dataset whose name begins like a resting place', landed('data/archived/a.csv'), ['validate-landing']],
  ['a file in the archive', landed('data/archive/streams/year=2024/month=06/day=25/a.csv@v1'), []],
  ['a report in quarantine', landed('data/quarantine/streams/a.csv@v1.report.json'), []],
  ['a spec', landed('runs/b1/transform.spec.json'), []],
  ['staged rows', landed('staging/b1/jr_1/part-0.parquet'), []],
  ['a published data file', landed('lake/streams/data/a.parquet'), []],
  ['unloaded KPI rows', landed('kpis/r1/1/kpi_days/000.json'), []],
  ["another bucket's file", landed('data/streams/streams1.csv', 'AccessLogBucket'), []],
  ['an accepted file', said('File Accepted'), ['run-transform']],
  ['a rejected file', said('File Rejected'), ['archive-files']],
  ['an ignored file', said('File Ignored'), ['archive-files']],
  ['a published batch', said('Batch Published'), ['run-transform', 'archive-files', 'rebuild-models']],
  ['a failed batch', said('Batch Failed'), ['run-transform']],
  ['published KPIs', said('KPIs Published'), ['rebuild-models']],
  ['KPIs that cannot be written', said('KPIs Failed'), ['rebuild-models']],
  ["another stage's batch", said('Batch Published', 'prod'), []],
  ["another application's batch", said('Batch Published', 'dev', 'someone'), []],
  ['a transform that succeeds', run('TransformJob', 'SUCCEEDED'), ['check-quality']],
  ['a transform that times out', run('TransformJob', 'TIMEOUT'), ['check-quality']],
  ['a transform that is stopped', run('TransformJob', 'STOPPED'), ['check-quality']],
  ['a transform that runs', run('TransformJob', 'RUNNING'), []],
  ['a quality run that fails', run('QualityJob', 'FAILED'), ['settle-batch']],
  ["another application's job", run('someone', 'SUCCEEDED'), []],
  ['a rebuild that finishes', statement('soundcheck-dev-rebuild-listening-7', 'FINISHED'), ['publish-kpis']],
  ['a rebuild that fails', statement('soundcheck-dev-rebuild-listening-7', 'FAILED'), ['rebuild-models']],
  ['a rebuild that is ended', statement('soundcheck-dev-rebuild-listening-7', 'ABORTED'), ['rebuild-models']],
  [
    'a rebuild that is prepared',
    statement('soundcheck-dev-prepare-gold-listening-7', 'FINISHED'),
    ['rebuild-models'],
  ],
  [
    'a preparation that fails',
    statement('soundcheck-dev-prepare-shape-listening-7', 'FAILED'),
    ['rebuild-models'],
  ],
  ['a rebuild that begins', statement('soundcheck-dev-rebuild-listening-7', 'STARTED'), []],
  ["another stage's rebuild", statement('soundcheck-prod-rebuild-listening-7', 'FINISHED'), []],
];
