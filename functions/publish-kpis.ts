import pLimit from 'p-limit';
import * as z from 'zod';
import { dynamoKpis } from './adapters/dynamo-kpis.ts';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { eventBridgeEvents } from './adapters/eventbridge-events.ts';
import { lambda } from './adapters/lambda.ts';
import { s3Files } from './adapters/s3-files.ts';
import { isTransient } from './adapters/transient.ts';
import {
  anyRebuild,
  type Clock,
  checkedRecord,
  closeRebuild,
  type Events,
  type Files,
  failRebuild,
  isRebuildOver,
  type Kpis,
  type Ledger,
  type Log,
  lagOf,
  lookAgainFor,
  martEvent,
  martLease,
  type Published,
  publishingEnd,
  publishKpis,
  type RebuildIn,
  type RebuildRecord,
  rebuildOfStatement,
  rebuildSpec,
  removeCutOff,
  StatementEnded,
} from './pipeline/index.ts';
import {
  type LeftOut,
  type LeftOutFacts,
  leftOutFacts,
  leftOutKey,
  leftOutReport,
  type RebuildSpec,
  readLeftOut,
  readUnloaded,
  type UnloadedRows,
} from './warehouse/index.ts';

const Input = z.union([StatementEnded, lookAgainFor('publish-kpis')]);
type Input = z.infer<typeof Input>;

type Ports = {
  files: Files;
  ledger: Ledger;
  kpis: Kpis;
  events: Events;
  clock: Clock;
  log: Log;
  /** True for errors that may not occur again. */
  isTransient: (error: unknown) => boolean;
};

/**
 * Writes the rows that a finished rebuild unloaded to the KPI table and frees the mart for the next rebuild. Each try is
 * counted before it begins; after the last one the rebuild fails, and the next rebuild publishes what this one has not.
 */
export const publishRebuild =
  (ports: Ports) =>
  async (input: Input): Promise<void> => {
    const id = 'command' in input ? input.id : rebuildOfStatement(input.detail.statementName);
    const rebuild = await ports.ledger.rebuilds.find(id);
    if (!rebuild || rebuild.state === 'failed') return;
    if (rebuild.state === 'published') return close(ports, rebuild);
    const spec = await rebuildSpec(ports.files, rebuild.id);
    if (!spec || !(await isHolder(ports, rebuild))) return;
    if (publishingEnd(rebuild)) return giveUp(ports, rebuild, spec);
    const statement = 'command' in input ? rebuild.statement_id : input.detail.statementId;
    if (statement === undefined || !(await beginTry(ports, rebuild, statement))) return;
    const done = await tryToPublish(ports, rebuild, spec);
    if (!done) return;
    const { items, isSure, leftOut } = done;
    const found = await checkedRecord(ports.files, spec.unload);
    const facts = { ...found, ...leftOutFacts(leftOut, leftOutKey(spec.unload)) };
    const published = await recordPublished(ports, rebuild.id, facts, isSure);
    const left_out = leftOut.length;
    const lag_seconds = await lagOf(ports, spec.batches);
    ports.log.info('KPIs published', {
      rebuild: rebuild.id,
      items,
      left_out,
      batches: spec.batches.length,
      lag_seconds,
    });
    if (published) await close(ports, published);
  };

/** The rows of a process that lost its lease are old: the new holder of the mart has newer ones. */
const isHolder = async ({ ledger }: Ports, rebuild: RebuildRecord): Promise<boolean> =>
  (await ledger.leases.find(martLease(rebuild.mart))).holder === rebuild.id;

/** Counts a try; false if the rebuild is over. The event may arrive before the statement is recorded. */
const beginTry = async (
  { ledger, clock }: Ports,
  { id }: RebuildRecord,
  statement_id: string,
): Promise<boolean> => {
  for (;;) {
    const rebuild = await ledger.rebuilds.find(id);
    if (!rebuild || isRebuildOver(rebuild)) return false;
    const begun = { publish_tries: (anyRebuild(rebuild).publish_tries ?? 0) + 1, publishing_at: clock.now() };
    const sent = rebuild.state === 'open' ? { statement_id, sent_at: clock.now() } : {};
    if (await ledger.rebuilds.move(rebuild, 'sent', { ...begun, ...sent })) return true;
  }
};

type Done = Pick<Published, 'items' | 'isSure' | 'leftOut'>;

/** Undefined if this was the last try. Errors that may not occur again are thrown, so that it is tried again. */
const tryToPublish = async (
  ports: Ports,
  { follows }: RebuildRecord,
  spec: RebuildSpec,
): Promise<Done | undefined> => {
  try {
    const published = await publishUnloaded(ports, spec, await leftOutBefore(ports, follows));
    await reportLeftOut(ports, spec, published.leftOut);
    return published;
  } catch (error) {
    const rebuild = await recordFailure(ports, spec.rebuild, error);
    if (!rebuild || !publishingEnd(rebuild)) throw error;
    await giveUp(ports, rebuild, spec);
    return undefined;
  }
};

const recordFailure = async (
  { ledger, isTransient }: Ports,
  id: string,
  error: unknown,
): Promise<RebuildRecord | undefined> => {
  for (;;) {
    const rebuild = await ledger.rebuilds.find(id);
    if (rebuild?.state !== 'sent') return undefined;
    const publish_failures = (rebuild.publish_failures ?? 0) + (isTransient(error) ? 0 : 1);
    const publish_reason = error instanceof Error ? error.message : String(error);
    const patch = { publish_failures, publish_reason, publishing_at: undefined };
    const amended = await ledger.rebuilds.amend(rebuild, patch);
    if (amended) return amended;
  }
};

/** Gold stays as it is; the mart is free, and its next rebuild publishes what this one could not. */
const giveUp = async (ports: Ports, rebuild: RebuildRecord, spec: RebuildSpec): Promise<void> => {
  const why = publishingEnd(rebuild);
  if (!why) return;
  const found = await checkedRecord(ports.files, spec.unload);
  const failed = await failRebuild(ports, rebuild, { ...found, ...why, is_committed: true });
  if (!failed) return;
  ports.log.error('rebuild failed', { rebuild: rebuild.id, ...why });
  await ports.events.announce(martEvent('KPIs Failed', rebuild));
};

const recordPublished = async (
  { ledger, clock }: Ports,
  id: string,
  facts: Pick<RebuildIn<'published'>, 'checks' | 'report' | keyof LeftOutFacts>,
  isSure: boolean,
): Promise<RebuildRecord | undefined> => {
  for (;;) {
    const rebuild = await ledger.rebuilds.find(id);
    if (!rebuild || isRebuildOver(rebuild)) return rebuild?.state === 'published' ? rebuild : undefined;
    // Of two tries at once, the other one may still write.
    const is_settled = isSure && anyRebuild(rebuild).publish_tries === 1;
    const patch = { ...facts, is_settled, closed_at: clock.now(), publishing_at: undefined };
    const published = await ledger.rebuilds.move(rebuild, 'published', patch);
    if (published) return published;
  }
};

const close = async (ports: Ports, rebuild: RebuildRecord): Promise<void> => {
  await closeRebuild(ports, rebuild);
  await ports.events.announce(martEvent('KPIs Published', rebuild));
};

/** Daily KPIs first: they are small and read most; the latest items of listeners take longer. */
const publishUnloaded = async (
  ports: Ports,
  spec: RebuildSpec,
  outBefore: readonly LeftOut[],
): Promise<Done> => {
  const { rebuild, seq, as_of, generation } = spec;
  const stamp = { rebuild, seq, as_of, generation };
  let [items, before, leftOut]: [number, readonly LeftOut[], readonly LeftOut[]] = [0, outBefore, []];
  let isSure = true;
  for (const kpis of [spec.kpis.filter((kpi) => !isLatest(kpi)), spec.kpis.filter(isLatest)]) {
    const read = await unloadedRows(ports.files, { ...spec, kpis });
    const rows = new Map([...read].map(([model, unloaded]) => [model, unloaded.rows]));
    const published = await publishKpis(ports, { ...spec, kpis }, rows, stamp, before);
    await removeCutOff(ports.kpis, { ...spec, kpis }, rows);
    items += published.items;
    isSure &&= published.isSure;
    leftOut = [
      ...leftOut,
      ...[...read.values()].flatMap((unloaded) => unloaded.leftOut),
      ...published.leftOut,
    ];
    before = published.before;
  }
  return { items, isSure, leftOut: [...leftOut, ...before] };
};

/** KPIs that are still missing stay on the record until a rebuild writes them. */
const leftOutBefore = async (
  { files, ledger }: Ports,
  follows: string | undefined,
): Promise<readonly LeftOut[]> => {
  const before = follows === undefined ? undefined : await ledger.rebuilds.find(follows);
  const report = before?.state === 'published' ? before.left_out_report : undefined;
  return readLeftOut(report && (await files.readText(report)));
};

/** The whole list may be too long for a record, and only people read it. */
const reportLeftOut = async ({ files, log }: Ports, spec: RebuildSpec, leftOut: readonly LeftOut[]) => {
  if (leftOut.length === 0) return;
  const report = leftOutKey(spec.unload);
  await files.write(report, leftOutReport(spec.rebuild, leftOut));
  log.error('KPIs left out', { rebuild: spec.rebuild, left_out: leftOut.length, report });
};

const isLatest = ({ shapes }: RebuildSpec['kpis'][number]): boolean =>
  shapes.length > 0 && shapes.every(({ publish }) => publish === 'latest');

const unloadedRows = async (
  files: Files,
  { unload, kpis }: RebuildSpec,
): Promise<Map<string, UnloadedRows>> =>
  new Map(
    await pLimit(8).map(kpis, async ({ model }) => [
      model,
      readUnloaded(model, await textsUnder(files, `${unload}${model}/`)),
    ]),
  );

const textsUnder = async (files: Files, prefix: string): Promise<string[]> =>
  Promise.all((await files.list(prefix)).map(async (key) => (await files.readText(key)) ?? ''));

export const handler = lambda(Input, publishRebuild, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  kpis: dynamoKpis(env('KPI_TABLE')),
  events: eventBridgeEvents(env('STAGE')),
  clock,
  log,
  isTransient,
}));
