import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DescribeStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import pLimit from 'p-limit';
import { dynamoKpis } from '../../functions/adapters/dynamo-kpis.ts';
import { dynamoLedger } from '../../functions/adapters/dynamo-ledger.ts';
import { s3Files } from '../../functions/adapters/s3-files.ts';
import { Catalog } from '../../functions/domain/catalog.ts';
import { martLease } from '../../functions/domain/ledger.ts';
import type { Ledger } from '../../functions/domain/ports.ts';
import { catalogPath } from '../build.ts';
import type { Cloud } from '../cloud.ts';
import { writeSample } from '../generate/sample.ts';
import { balanceLines, knownLines } from './balance.ts';
import { follow, type Whereabouts } from './follow.ts';
import { kpiSummary } from './kpi-summary.ts';
import { CannotLand, type LandedFile, landFile, landManifests, withDatasets } from './landing.ts';
import { type CloudFlags, interrupted, openCloud, stopOnSignal } from './options.ts';
import { newProgress } from './progress.ts';
import { quarantineLines } from './quarantine.ts';

export type StartFlags = CloudFlags & { readonly dataset?: string };

/** The main job: a cloud comes up, files land, their way is shown until all are at rest, KPIs are read back; exit code 1 when a file is not at rest. */
export const start = async (paths: readonly string[], flags: StartFlags): Promise<void> => {
  if (flags.dataset !== undefined && paths.length === 0)
    throw new CannotLand('--dataset says where files belong: name the files, too');
  const files = paths.length > 0 ? await withDatasets(paths, flags.dataset) : [];
  const began = Date.now();
  const cloud = await openCloud(flags);
  const stopped = stopOnSignal(cloud);
  say(`The laptop cloud is up on ${cloud.endpoint} (${((Date.now() - began) / 1000).toFixed(1)} s)`, '');
  const job = run(cloud, files, flags).finally(() => cloud.stop());
  // What still waits for an answer of the stopped cloud must not keep the process.
  if ((await Promise.race([job, stopped])) === 'stopped') process.exit(interrupted);
};

const run = async (
  cloud: Cloud,
  given: readonly { path: string; dataset: string }[],
  flags: StartFlags,
): Promise<void> => {
  const {
    LAKE_BUCKET: bucket = '',
    LEDGER_TABLE: ledgerTable = '',
    KPI_TABLE: kpiTable = '',
  } = cloud.environment;
  const [files, ledger, kpis] = [s3Files(bucket), dynamoLedger(ledgerTable), dynamoKpis(kpiTable)];
  const catalog = Catalog.parse(JSON.parse(await readFile(catalogPath(flags.state), 'utf8')));
  const marts = Object.values(catalog.marts);
  await landManifests(bucket);
  const martsOf = (dataset: string): string[] =>
    marts.filter((mart) => mart.datasets.includes(dataset)).map(({ name }) => name);
  const ports = { ledger, martsOf, isRebuilt: rebuiltBy(ledger), began: Date.now() };
  const seen =
    given.length > 0 ? await watch(ports, await landAll(bucket, given)) : await runSample(ports, bucket);
  const summaries = await Promise.all(marts.map(({ name }) => kpiSummary({ files, ledger, kpis }, name)));
  const parts = [
    knownLines(seen),
    ...summaries,
    balanceLines(seen),
    await quarantineLines(files, seen),
    nextSteps(flags),
  ];
  say(
    parts
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n'),
  );
  if (seen.some(({ stage }) => ['parked', 'waiting', 'missing'].includes(stage))) process.exitCode = 1;
};

const landAll = (
  bucket: string,
  files: readonly { path: string; dataset: string }[],
): Promise<LandedFile[]> => pLimit(8).map(files, (file) => landFile(bucket, file));

type Following = Parameters<typeof follow>[0] & { readonly began: number };

/** The catalogue and the listeners first, as upstream would; then what was listened to. */
const runSample = async (ports: Following, bucket: string): Promise<Whereabouts[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'soundcheck-sample-'));
  try {
    const sample = await writeSample(folder);
    const isStreams = ({ dataset }: { dataset: string }): boolean => dataset === 'streams';
    const before = await watch(
      ports,
      await landAll(
        bucket,
        sample.filter((file) => !isStreams(file)),
      ),
    );
    return [...before, ...(await watch(ports, await landAll(bucket, sample.filter(isStreams))))];
  } finally {
    await rm(folder, { recursive: true });
  }
};

const watch = async (ports: Following, landed: readonly LandedFile[]): Promise<Whereabouts[]> => {
  const progress = newProgress(process.stdout, ports.began);
  const seen = await follow(ports, landed, progress.show);
  progress.end();
  return seen;
};

/** Asks the warehouse whether the transaction of the mart's running rebuild is done. */
const rebuiltBy = (ledger: Ledger) => {
  const warehouse = new RedshiftDataClient({});
  return async (mart: string): Promise<boolean> => {
    const { holder } = await ledger.lease(martLease(mart));
    const rebuild = holder === undefined ? undefined : await ledger.rebuild(holder);
    if (rebuild?.statement_id === undefined) return false;
    const { Status } = await warehouse.send(new DescribeStatementCommand({ Id: rebuild.statement_id }));
    return Status === 'FINISHED';
  };
};

const nextSteps = ({ state }: StartFlags): string[] => {
  const where = relative(process.cwd(), state) === '.soundcheck' ? '' : ` --state ${state}`;
  const steps = [
    [`npm start --${where} path/to/streams7.csv`, 'land a file of your own'],
    [`npm run cloud${where && ` --${where}`}`, 'keep the cloud up, for any AWS client'],
    [`npm start --${where} --fresh`, 'begin again with an empty state'],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  return ['Next:', ...steps.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`)];
};

const say = (...lines: string[]): void => console.log(lines.join('\n'));
