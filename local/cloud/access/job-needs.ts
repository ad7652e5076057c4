import * as z from 'zod';
import type { Need } from './access.ts';

const Transform = z.object({
  kind: z.literal('transform'),
  batch: z.string(),
  files: z.array(
    z.object({ key: z.string(), object_key: z.string().optional(), clean_key: z.string().optional() }),
  ),
});
const Quality = z.object({
  kind: z.literal('quality'),
  batch: z.string(),
  dataset: z.string(),
  staged: z.string(),
});
const Tables = z.object({
  kind: z.literal('tables'),
  id: z.string(),
  tables: z.record(z.string(), z.unknown()),
});
const Spec = z.union([Transform, Quality, Tables]);

/** Where the deployed job finds what its spec names. */
export type Lake = {
  readonly bucket: string;
  readonly account: string;
  readonly region: string;
  /** The database of silver in the Glue catalog. */
  readonly database: string;
};

/**
 * What the deployed job does besides the calls that an engine of this machine makes: engines here read and write by path what
 * Spark on Glue reads and writes through S3 and the catalog. Nothing for a text that is no spec: its run fails anyway.
 */
export const needsOfRun = (spec: unknown, run: string, lake: Lake): readonly Need[] => {
  const { success, data } = Spec.safeParse(spec);
  if (!success) return [];
  if (data.kind === 'tables') return tablesNeeds(data, lake);
  return data.kind === 'transform' ? transformNeeds(data, run, lake) : qualityNeeds(data, lake);
};

const bucketNeed = ({ bucket }: Lake, action: string, prefix?: string): Need => ({
  action: `s3:${action}`,
  resource: `arn:aws:s3:::${bucket}`,
  ...(prefix !== undefined && { context: { 's3:prefix': prefix } }),
});
const objectNeeds = ({ bucket }: Lake, key: string, ...actions: readonly string[]): Need[] =>
  actions.map((action) => ({ action: `s3:${action}`, resource: `arn:aws:s3:::${bucket}/${key}` }));

/** Copies what it reads, so that it cannot change meanwhile, removes the copies, and stages rows through S3A. */
const transformNeeds = ({ batch, files }: z.infer<typeof Transform>, run: string, lake: Lake): Need[] => {
  const folder = `staging/${batch}/${run}/`;
  return [
    ...files.flatMap(({ key, object_key, clean_key }) =>
      clean_key === undefined
        ? objectNeeds(lake, object_key ?? key, 'GetObjectVersion')
        : objectNeeds(lake, clean_key, 'GetObject'),
    ),
    ...objectNeeds(lake, `${folder}landed/0.csv`, 'GetObject', 'PutObject', 'DeleteObject'),
    bucketNeed(lake, 'ListBucket', folder),
    ...objectNeeds(lake, `${folder}rows/part-00000.parquet`, 'GetObject', 'PutObject', 'DeleteObject'),
    ...multipart(lake, `${folder}rows/part-00000.parquet`),
  ];
};

/** Large objects are written in parts; S3A lists what it left earlier. */
const multipart = (lake: Lake, key: string): Need[] => [
  bucketNeed(lake, 'ListBucketMultipartUploads'),
  ...objectNeeds(lake, key, 'ListMultipartUploadParts', 'AbortMultipartUpload'),
];

/** Creates tables and adds columns, in the catalog and in their metadata. */
const tablesNeeds = ({ id, tables }: z.infer<typeof Tables>, lake: Lake): Need[] => [
  ...objectNeeds(lake, `runs/${id}/tables.spec.json`, 'GetObject'),
  ...Object.keys(tables).flatMap((dataset) => [
    ...catalogNeeds(dataset, lake),
    ...metadataNeeds(dataset, lake),
  ]),
  ...objectNeeds(lake, `runs/${id}/tables.result.json`, 'PutObject'),
];

/** Each commit writes a metadata file and removes the oldest one. */
const metadataNeeds = (dataset: string, lake: Lake): Need[] =>
  objectNeeds(lake, `lake/${dataset}/metadata/00000.metadata.json`, 'GetObject', 'PutObject', 'DeleteObject');

/** What Iceberg does in the Glue catalog to create a table or to commit to it. */
const catalogNeeds = (dataset: string, { account, region, database }: Lake): Need[] => {
  const catalog = (resource: string) => `arn:aws:glue:${region}:${account}:${resource}`;
  const [root, name, table] = ['catalog', `database/${database}`, `table/${database}/${dataset}`].map(
    catalog,
  );
  const on = (action: string, ...resources: (string | undefined)[]): Need[] =>
    resources.map((resource = '') => ({ action: `glue:${action}`, resource }));
  return [
    ...on('GetDatabase', root, name),
    ...on('GetTable', root, name, table),
    ...on('CreateTable', root, name, table),
    ...on('UpdateTable', root, name, table),
  ];
};

/** Reads staged rows, and commits to an Iceberg table: files, then the table's entry in the catalog. */
const qualityNeeds = ({ batch, dataset, staged }: z.infer<typeof Quality>, lake: Lake): Need[] => {
  const data = `lake/${dataset}/data/part-00000.parquet`;
  return [
    ...objectNeeds(lake, `${staged}part-00000.parquet`, 'GetObject'),
    bucketNeed(lake, 'ListBucket', staged),
    ...objectNeeds(lake, `runs/${batch}/quality.verdicts.json`, 'GetObject', 'PutObject'),
    ...catalogNeeds(dataset, lake),
    ...metadataNeeds(dataset, lake),
    ...objectNeeds(lake, data, 'GetObject', 'PutObject'),
    ...multipart(lake, data),
  ];
};

/** What Redshift does to read silver tables that texts of SQL name. */
export const needsOfSilver = (sqls: readonly string[], lake: Lake): readonly Need[] => {
  const tables = new Set(
    sqls.flatMap((sql) => [...sql.matchAll(/\bsilver\."?(\w+)/g)].map(([, name = '']) => name)),
  );
  const { account, region, database } = lake;
  const catalog = (resource: string) => `arn:aws:glue:${region}:${account}:${resource}`;
  return [...tables].flatMap((table) => [
    ...[catalog('catalog'), catalog(`database/${database}`), catalog(`table/${database}/${table}`)].map(
      (resource) => ({ action: 'glue:GetTable', resource }),
    ),
    bucketNeed(lake, 'ListBucket', `lake/${table}/`),
    ...objectNeeds(lake, `lake/${table}/data/part-00000.parquet`, 'GetObject'),
  ]);
};
