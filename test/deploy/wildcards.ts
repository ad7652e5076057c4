/** Resources with a wildcard that grants may name, each with the reason why it cannot be narrower. */
const lake: Readonly<Record<string, string>> = {
  'data/*': 'landed files have the names that their senders gave them',
  'data/*.jsonl': 'a pull lands in the folder of its dataset, and never where bytes rest (a denial)',
  'data/*/manifest.json': 'datasets are data, not code',
  'data/archive/*': 'a file keeps its name when it moves',
  'data/quarantine/*': 'a file keeps its name when it moves',
  'data/quarantine/*.report.json': 'beside a file of any name',
  'data/quarantine/*.reprocess.json': 'beside a file of any name',
  'data/quarantine/*.rows.csv': 'beside a file of any name',
  'data/quarantine/*.rows.jsonl': 'beside a file of any name',
  'data/streams/*.jsonl': 'Firehose chooses the rest of the name',
  'kpis/*': 'the warehouse unloads each rebuild into a folder of its own',
  'kpis/*/checks/*': 'the folder is that of a rebuild, the warehouse chooses the rest of the name',
  'kpis/*/left-out.json': 'the folder is that of a rebuild',
  'lake/*': 'Iceberg chooses the names of files of silver tables',
  'lake/*/metadata/*.metadata.json': 'Iceberg chooses the names of metadata files',
  'runs/*/migration.spec.json': 'the folder is that of a migration',
  'runs/*/quality.result.json': 'the folder is that of a batch',
  'runs/*/quality.spec.json': 'the folder is that of a batch',
  'runs/*/quality.verdicts.json': 'the folder is that of a batch',
  'runs/*/rebuild.spec.json': 'the folder is that of a rebuild',
  'runs/*/tables.result.json': 'the folder is that of a run of the tables job',
  'runs/*/tables.spec.json': 'the folder is that of a run of the tables job',
  'runs/*/transform.result.json': 'the folder is that of a batch',
  'runs/*/transform.spec.json': 'the folder is that of a batch',
  'runs/deployed/*.json': 'one file for each dataset',
  'staging/*/jr_*': 'the folder of a batch, and in it that of a run of the transform job',
  'staging/clean/*': 'a copy has the name of its file',
  'staging/firehose-errors/*': 'Firehose chooses the rest of the name',
  'staging/pulls/*': 'each attempt of a pull has a folder of its own',
};

/** Of other services, after the ARN's account. */
const others: Readonly<Record<string, string>> = {
  'table/<RawDatabase>/*': 'the crawler names the tables of its database',
  'table/<SilverDatabase>/*': 'one table for each dataset, in a database of the stage',
  'log-group:/aws-glue/*': 'Glue names the log groups of jobs, for all jobs of an account',
  'log-group:/aws-glue/crawlers*': 'Glue names the log groups of crawlers',
  'log-group:/aws-glue/iceberg-compaction/logs:*': 'all streams of one log group',
  'log-group:/aws-glue/iceberg-orphan-file-deletion/logs:*': 'all streams of one log group',
  'log-group:/aws-glue/iceberg-retention/logs:*': 'all streams of one log group',
  'dbuser:*/shop_reader': 'the id of the database belongs to the shop; the user is named',
  'snapshot/*': 'a snapshot gets an id when it is made',
  'glue/<hash>/*': 'the scripts of one deployment',
  'secret:<stage>/*': 'a source that is added brings its own secret, under the name of the stage',
};

/** A resource as it stands in the lists: its key in the lake, or what comes after the account. */
export const shortOf = (resource: string): string =>
  resource
    .replace(/^\$\{LakeBucket\.Arn\}\//, '')
    .replace(/^arn:\$\{AWS::Partition\}:[\w-]+:(\$\{AWS::Region\})?:(\$\{AWS::AccountId\})?:/, '')
    .replace(/^\$\{ServerlessDeploymentBucket\}\/serverless\/.*\/glue\/[0-9a-f]+\/\*$/, 'glue/<hash>/*')
    .replace(/^secret:soundcheck-\w+\/\*$/, 'secret:<stage>/*')
    .replace(/\$\{(\w+)\}/, '<$1>');

/** All of them, by resource. */
export const wildcards: Readonly<Record<string, string>> = { ...lake, ...others };
