import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';

/** One item of a table, with its attributes. */
export type Item = Readonly<Record<string, unknown>>;

/** A landed file version, with the moments (epoch milliseconds) before and after the upload. */
export type LandedFile = {
  readonly key: string;
  readonly version: string;
  readonly sentAt: number;
  readonly storedAt: number;
};

/** What applications and sources do with the lake: land files, read the ledger and the KPIs. */
export type LakeClient = {
  land(key: string, body: NonNullable<PutObjectCommandInput['Body']>, length?: number): Promise<LandedFile>;
  /** The ledger's record of a file version; undefined before it is registered. */
  file(file: LandedFile): Promise<Item | undefined>;
  /** The ledger's record of a batch or a rebuild by its partition key. */
  record(pk: string): Promise<Item | undefined>;
  /** A day's totals, by the documented key; undefined before they can be read. */
  day(day: string): Promise<Item | undefined>;
  /** KPI items of a partition. */
  kpis(pk: string): Promise<readonly Item[]>;
  close(): void;
};

/** Uses a cloud through the real SDK clients; `environment` is the content of `cloud.env`. */
export const lakeClient = (environment: Readonly<Record<string, string>>): LakeClient => {
  const connection = connectionOf(environment);
  const s3 = new S3Client({ ...connection, forcePathStyle: true });
  const tables = DynamoDBDocumentClient.from(new DynamoDBClient(connection));
  const Bucket = setting(environment, 'LAKE_BUCKET');
  const ledger = setting(environment, 'LEDGER_TABLE');
  const kpis = setting(environment, 'KPI_TABLE');
  const get = async (TableName: string, pk: string, sk: string) =>
    (await tables.send(new GetCommand({ TableName, Key: { pk, sk }, ConsistentRead: true }))).Item;
  return {
    land: async (Key, Body, length) => {
      const sentAt = Date.now();
      const stored = await s3.send(new PutObjectCommand({ Bucket, Key, Body, ...sized(length) }));
      return { key: Key, version: stored.VersionId ?? 'null', sentAt, storedAt: Date.now() };
    },
    file: ({ key, version }) => get(ledger, `FILE#${key}`, version),
    record: async (pk) => (await tables.send(new QueryCommand(byPartition(ledger, pk)))).Items?.[0],
    day: (day) => get(kpis, `DAY#${day}`, 'CURRENT'),
    kpis: async (pk) => {
      const items: Item[] = [];
      for await (const page of paginateQuery({ client: tables }, byPartition(kpis, pk)))
        items.push(...(page.Items ?? []));
      return items;
    },
    close: () => {
      s3.destroy();
      tables.destroy();
    },
  };
};

/** S3 needs the length of a stream; that of other bodies is known. */
const sized = (length: number | undefined) => (length === undefined ? {} : { ContentLength: length });

/** How a client of the SDK reaches the cloud. */
export const connectionOf = (environment: Readonly<Record<string, string>>) => ({
  endpoint: setting(environment, 'AWS_ENDPOINT_URL'),
  region: setting(environment, 'AWS_REGION'),
  credentials: {
    accessKeyId: setting(environment, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: setting(environment, 'AWS_SECRET_ACCESS_KEY'),
  },
});

const setting = (environment: Readonly<Record<string, string>>, name: string): string => {
  const value = environment[name];
  if (value === undefined) throw new Error(`cloud.env lacks ${name}`);
  return value;
};

const byPartition = (TableName: string, pk: string) => ({
  TableName,
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': pk },
  ConsistentRead: true,
});
