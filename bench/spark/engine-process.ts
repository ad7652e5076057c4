import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod';
import { renderCatalog } from '../../deploy/index.ts';
import { type Catalog, QualityResult, runKey, TransformResult } from '../../functions/pipeline/index.ts';
import { clientEnvironment, type LocalS3, openS3 } from '../../local/cloud/index.ts';
import { findSpark, type LocalEngine, openEngine, openSparkEngine } from '../../local/engines/index.ts';
import { unloadKpis } from './kpis.ts';
import { type BenchBatch, qualitySpec, transformSpec } from './specs.ts';

const File = z.object({
  path: z.string(),
  header: z.array(z.string()).readonly(),
  records: z.number(),
  bytes: z.number(),
});

/** The input of an engine's process. */
export const EngineRequest = z.object({
  engine: z.enum(['duckdb', 'spark']),
  /** An empty folder. */
  state: z.string(),
  /** Published first, to warm up the engine; its time does not count. */
  tracks: File,
  streams: z.array(File).readonly(),
  /** Compute the KPIs as well, and write their rows to `<state>/scratch/kpis`, which its SQL may use. */
  isWithKpis: z.boolean(),
});
export type EngineRequest = z.infer<typeof EngineRequest>;

/** Milliseconds of each step; `rows` is the number of published rows. */
export const EngineFigures = z.object({
  rows: z.number(),
  transform_ms: z.number(),
  quality_ms: z.number(),
  kpis_ms: z.number().optional(),
});
export type EngineFigures = z.infer<typeof EngineFigures>;

const bucket = 'lake';

type Bench = { readonly s3: LocalS3; readonly engine: LocalEngine; readonly catalog: Catalog };

/** An engine with its own lake in its own process, so that its memory can be measured separately. */
const main = async (request: EngineRequest): Promise<void> => {
  await mkdir(request.state, { recursive: true });
  const s3 = await openS3({ directory: join(request.state, 's3'), onObject: () => undefined });
  await s3.createBucket(bucket, { versioning: true, events: false });
  const server = createServer((asked, response) => s3.handle(asked, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const catalog = await renderCatalog(process.cwd(), 'duckdb', request.engine);
  const engine = await open(request, s3, catalog, endpoint);
  try {
    console.log(JSON.stringify(await measure({ s3, engine, catalog }, request)));
  } finally {
    await engine.close();
    server.closeAllConnections();
    server.close();
    await s3.close();
  }
};

const open = async (
  { engine, state }: EngineRequest,
  s3: LocalS3,
  catalog: Catalog,
  endpoint: string,
): Promise<LocalEngine> => {
  const datasets = Object.fromEntries(
    Object.entries(catalog.datasets).map(([name, { table }]) => [name, table]),
  );
  if (engine === 'duckdb') return openEngine({ state, bucket, s3, datasets });
  const installation = findSpark();
  if (!installation) throw new Error('Spark is not set up: npm run spark:setup');
  return openSparkEngine({ state, installation, datasets, environment: clientEnvironment(endpoint) });
};

const measure = async (
  bench: Bench,
  { tracks, streams, isWithKpis, state }: EngineRequest,
): Promise<EngineFigures> => {
  await publish(bench, 'tracks', [tracks]);
  const figures = await publish(bench, 'streams', streams);
  if (!isWithKpis) return figures;
  const startedAt = performance.now();
  await bench.engine.refresh();
  await unloadKpis(bench.engine.instance, bench.catalog, join(state, 'scratch', 'kpis'));
  return { ...figures, kpis_ms: performance.now() - startedAt };
};

const publish = async (
  bench: Bench,
  dataset: string,
  files: EngineRequest['streams'],
): Promise<EngineFigures> => {
  const batch = await land(bench, dataset, files);
  const transform_ms = await run(bench, 'transform', transformSpec(bench.catalog, batch));
  const transformed = TransformResult.parse(await readResult(bench, batch.batch, 'transform'));
  const quality_ms = await run(bench, 'quality', qualitySpec(bench.catalog, batch, transformed));
  const validated = QualityResult.parse(await readResult(bench, batch.batch, 'quality'));
  const broken = validated.files.find(({ outcome }) => outcome === 'rejected');
  if (broken) throw new Error(`${broken.key} was rejected: ${JSON.stringify(broken.violations)}`);
  return { rows: validated.files.reduce((sum, { rows }) => sum + rows, 0), transform_ms, quality_ms };
};

const land = async ({ s3 }: Bench, dataset: string, files: EngineRequest['streams']): Promise<BenchBatch> => {
  const landed = [];
  for (const file of files) {
    const key = `data/${dataset}/${file.path.slice(file.path.lastIndexOf('/') + 1)}`;
    const put = await s3.put(bucket, key, { path: file.path });
    landed.push({ ...file, key, version: put?.versionId ?? '' });
  }
  return { batch: `${dataset}-000001`, dataset, fence: 1, files: landed };
};

/** Milliseconds from when the engine begins: waiting for a session does not belong to the job. */
const run = async (
  { s3, engine }: Bench,
  kind: 'transform' | 'quality',
  spec: { readonly batch: string },
): Promise<number> => {
  const key = `runs/${spec.batch}/${kind}.spec.json`;
  await s3.put(bucket, key, Buffer.from(JSON.stringify(spec)));
  let begunAt = performance.now();
  await engine.execute({
    id: randomUUID(),
    jobScript: kind,
    arguments: { '--spec': `s3://${bucket}/${key}` },
    signal: new AbortController().signal,
    begin: () => {
      begunAt = performance.now();
    },
    log: () => undefined,
  });
  return performance.now() - begunAt;
};

const readResult = async ({ s3 }: Bench, batch: string, kind: 'transform' | 'quality'): Promise<unknown> => {
  const object = await s3.locate(bucket, runKey(batch, kind, 'result'));
  return object && JSON.parse(await readFile(object.path, 'utf8'));
};

if (process.argv[1] === import.meta.filename)
  await main(EngineRequest.parse(JSON.parse(process.argv[2] ?? '')));
