import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { expect, vi } from 'vitest';
import { dynamoKpis } from '../../functions/adapters/dynamo-kpis.ts';
import { dynamoLedger } from '../../functions/adapters/dynamo-ledger.ts';
import { s3Files } from '../../functions/adapters/s3-files.ts';
import { type FileVersion, fileId, manifestKey } from '../../functions/pipeline/lake-keys.ts';
import type { FileReader, Kpis, Ledger } from '../../functions/pipeline/ports.ts';
import { martLease } from '../../functions/pipeline/records/lease.ts';
import { numberOf } from '../../functions/values/exact-number.ts';
import type { KpiItem } from '../../functions/warehouse/kpis/items.ts';
import type { StoredFile } from '../functions/records.ts';

/** A running cloud as upstream, an app and an operator reach it: through the real clients at its endpoint. */
export type Pipeline = {
  readonly files: FileReader;
  readonly ledger: Ledger;
  readonly kpis: Kpis;
  /** Puts a text, or bytes, under a key and answers its version. */
  land(key: string, text: string | Buffer): Promise<FileVersion>;
  /** Lands the dataset's own manifest as it stands in `rules/`. */
  landManifest(dataset: string, root?: string): Promise<void>;
  /** Every item of the KPI table. */
  allKpis(): Promise<KpiItem[]>;
  /** The ledger's records of files, in their order, once all bytes have left landing and what they changed is in the KPIs. */
  atRest(files: readonly FileVersion[], at?: Resting): Promise<StoredFile[]>;
};

/** Where files come to rest: the mart that their datasets feed, and how many milliseconds they may take. */
export type Resting = { readonly mart?: string; readonly timeout?: number };

const datasetOf = (key: string): string => key.split('/')[1] ?? '';

/** The pipeline at the endpoint of a cloud; `environment` is what its `cloud.env` holds. */
export const pipelineAt = (environment: Readonly<Record<string, string>>): Pipeline => {
  const { LAKE_BUCKET = '', LEDGER_TABLE = '', KPI_TABLE = '' } = environment;
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const s3 = new S3Client();
  const tables = DynamoDBDocumentClient.from(new DynamoDBClient(), {
    unmarshallOptions: { wrapNumbers: numberOf },
  });
  const ledger = dynamoLedger(LEDGER_TABLE);
  const land: Pipeline['land'] = async (Key, Body) => {
    const { VersionId = '' } = await s3.send(new PutObjectCommand({ Bucket: LAKE_BUCKET, Key, Body }));
    return { key: Key, version: VersionId };
  };
  return {
    files: s3Files(LAKE_BUCKET),
    ledger,
    kpis: dynamoKpis(KPI_TABLE),
    land,
    landManifest: async (dataset, root = process.cwd()) => {
      await land(manifestKey(dataset), await readFile(`${root}/rules/${dataset}/manifest.json`, 'utf8'));
    },
    allKpis: async () => {
      const items: KpiItem[] = [];
      const pages = paginateScan({ client: tables }, { TableName: KPI_TABLE, ConsistentRead: true });
      for await (const { Items = [] } of pages) items.push(...(Items as KpiItem[]));
      return items;
    },
    atRest: (files, { mart = 'listening', timeout = 120_000 } = {}) =>
      untilPasses(() => recordsAtRest(ledger, files, mart), timeout),
  };
};

/**
 * Tries until nothing fails or the time is up. Between two tries it waits four times as long as the first took, since the
 * cloud and its database work in the same process as the test that asks them.
 */
const untilPasses = async <Result>(attempt: () => Promise<Result>, timeout: number): Promise<Result> => {
  const end = performance.now() + timeout;
  for (;;) {
    const begun = performance.now();
    try {
      return await attempt();
    } catch (cause) {
      if (performance.now() > end) throw cause;
    }
    await wait(Math.min(2_000, Math.max(200, 4 * (performance.now() - begun))));
  }
};

/** Fails, naming what still moves, unless everything is at rest. */
const recordsAtRest = async (
  ledger: Ledger,
  files: readonly FileVersion[],
  mart: string,
): Promise<StoredFile[]> => {
  const datasets = [...new Set(files.map(({ key }) => datasetOf(key)))];
  // What the ledger does not know yet is not queued either: it has to be known before the queue says anything.
  expect(await ledger.files.findAll(files)).toHaveLength(files.length);
  // One after the other: as long as files of the first dataset wait, nobody needs to ask for the others.
  for (const dataset of datasets) {
    const waiting = await ledger.files.waiting(dataset);
    expect(waiting.map((file) => `${fileId(file)} is ${file.state}: ${file.reason}`)).toEqual([]);
  }
  const records = await Promise.all(files.map((file) => ledger.files.find(file)));
  const known = records.filter((record) => record !== undefined);
  expect(known).toHaveLength(files.length);
  const leases = await Promise.all([...datasets, martLease(mart)].map((name) => ledger.leases.find(name)));
  expect(leases.flatMap(({ name, holder }) => (holder ? [`${name} is held by ${holder}`] : []))).toEqual([]);
  expect(await ledger.rebuilds.pending(mart)).toEqual([]);
  return known;
};
