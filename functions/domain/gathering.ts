import { transformSpec } from './batch-run.ts';
import { type Choice, chooseBatch, isBeingJudged, largestBatch } from './batches.ts';
import type { Dataset } from './catalog.ts';
import { objectCreated } from './events.ts';
import type { Field } from './field/field.ts';
import { manifestInForce } from './judging.ts';
import { fileId, landingPrefix, readName, runKey } from './landing.ts';
import type { FileRecord, Lease } from './ledger.ts';
import type { Clock, Files, Functions, Ledger } from './ports.ts';
import { landedFile } from './repair/repaired.ts';
import type { SpecFile, TransformSpec } from './spec.ts';

/** Gathers what waits into the spec of a batch. */

type Ports = {
  files: Files;
  ledger: Ledger;
  functions: Functions;
  clock: Clock;
  /** How long a batch that is being gathered waits for files that are about to be judged, in milliseconds. */
  gatherFor: number;
};

/** The spec is written once, also when it turns out empty; who comes second reads what the first one wrote. */
export const readOrWriteSpec = async (
  ports: Ports,
  lease: Lease,
  id: string,
  dataset: Dataset,
): Promise<TransformSpec> => {
  const key = runKey(id, 'transform', 'spec');
  if ((await ports.files.readText(key)) === undefined) {
    await ports.files.writeOnce(key, JSON.stringify(await composeSpec(ports, lease, id, dataset)));
  }
  return transformSpec(ports.files, id);
};

const composeSpec = async (
  ports: Ports,
  lease: Lease,
  id: string,
  dataset: Dataset,
): Promise<TransformSpec> => {
  const inForce = await manifestInForce(ports.files, lease.name);
  const choice = inForce.ok ? await gather(ports, lease, inForce.sha256) : nothing;
  await judgeAgain(ports, choice.rejudge);
  return {
    kind: 'transform',
    batch: id,
    dataset: lease.name,
    fence: lease.fence,
    manifest_sha256: inForce.ok ? inForce.sha256 : '',
    files: choice.batch.flatMap(specFile),
    ...landedColumns(inForce.ok ? inForce.manifest.fields : []),
    sql: dataset.sql,
    table: dataset.table,
  };
};

/** The columns of the landed relation, and what they are called in the files where that is something else. */
export const landedColumns = (fields: readonly Field[]): Pick<TransformSpec, 'columns' | 'sources'> => {
  const renamed = fields.filter(({ name, from }) => name !== from);
  return {
    columns: fields.map(({ name }) => name),
    ...(renamed.length > 0 && { sources: Object.fromEntries(renamed.map(({ name, from }) => [name, from])) }),
  };
};

const nothing: Choice = { batch: [], rejudge: [] };

const specFile = (file: FileRecord): SpecFile[] => {
  const { key, version, landed_at, landed_as, clean_key, facts } = file;
  if (!facts) return [];
  const read = { version, landed_at, facts: { ...facts, header: [...facts.header] } };
  return [
    {
      key: landedFile(file),
      ...read,
      ...(landed_as !== undefined && { object_key: key }),
      ...(clean_key !== undefined && { clean_key }),
    },
  ];
};

/** Waits until no file of the dataset is about to be judged, the batch is full, or the time for it is over. */
const gather = async (ports: Ports, lease: Lease, manifestSha256: string): Promise<Choice> => {
  for (let waited = 0; ; ) {
    const waiting = await ports.ledger.waiting(lease.name);
    const isFull = waiting.filter((file) => file.state === 'accepted').length >= largestBatch;
    if (isFull || waited >= ports.gatherFor || !(await isMoreToCome(ports, lease.name, waiting))) {
      return chooseBatch(waiting, manifestSha256, lease.fence, await staleRepairs(ports, waiting));
    }
    const pause = Math.max(shortestPause, waiting.length);
    await ports.clock.wait(pause);
    waited += pause;
  }
};

/** Repairs whose source is not the published version any more: only a batch of this dataset, whose lease is held, changes that. */
const staleRepairs = async (
  { ledger }: Ports,
  waiting: readonly FileRecord[],
): Promise<ReadonlySet<string>> => {
  const repairs = waiting.flatMap((file) => (file.repairs ? [{ file, source: file.repairs }] : []));
  if (repairs.length === 0) return new Set();
  const sources = await ledger.files(repairs.map(({ source }) => source));
  const served = new Set(sources.filter(({ state }) => state === 'published').map(fileId));
  return new Set(repairs.filter(({ source }) => !served.has(fileId(source))).map(({ file }) => fileId(file)));
};

/** Milliseconds between two looks at what waits; a look costs more the more there is. */
const shortestPause = 200;

/** A file is about to be judged, or lies in landing and no function has got to it. */
const isMoreToCome = async (
  { files }: Ports,
  dataset: string,
  waiting: readonly FileRecord[],
): Promise<boolean> => {
  if (waiting.some(isBeingJudged)) return true;
  const seen = new Set(waiting.map(({ key }) => key));
  const landed = await files.list(landingPrefix(dataset));
  return landed.some((key) => readName(key).kind === 'file' && !seen.has(key));
};

/** Files judged under another manifest go back to be judged again. */
const judgeAgain = async ({ ledger, functions }: Ports, files: readonly FileRecord[]): Promise<void> => {
  for (const file of files) {
    if (await ledger.move(file, 'landed')) await functions.invoke('validate-landing', objectCreated(file));
  }
};
