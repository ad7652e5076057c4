import * as z from 'zod';
import { dynamoKpis } from './adapters/dynamo-kpis.ts';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { eventBridgeEvents } from './adapters/eventbridge-events.ts';
import { lambda } from './adapters/lambda.ts';
import { lambdaFunctions } from './adapters/lambda-functions.ts';
import { s3Files } from './adapters/s3-files.ts';
import { isTransient } from './adapters/transient.ts';
import {
  anyRebuild,
  beginTry,
  type Clock,
  checkedRecord,
  closeRebuild,
  type Events,
  type Files,
  type Functions,
  failRebuild,
  followRebuild,
  isRebuildOver,
  type Kpis,
  type Ledger,
  type Log,
  lagOf,
  lookAgain,
  lookAgainFor,
  martEvent,
  martLease,
  openUnloaded,
  type Published,
  type PublishTry,
  publishingEnd,
  publishKpis,
  type RebuildIn,
  type RebuildRecord,
  rebuildOfStatement,
  rebuildSpec,
  StatementEnded,
  usualPart,
  usualPause,
} from './pipeline/index.ts';
import {
  type LeftOut,
  type LeftOutFacts,
  type LeftOutList,
  leftOutFacts,
  leftOutKey,
  leftOutReport,
  type RebuildSpec,
  readLeftOut,
} from './warehouse/index.ts';

const Input = z.union([StatementEnded, lookAgainFor('publish-kpis')]);
type Input = z.infer<typeof Input>;

type Ports = {
  files: Files;
  ledger: Ledger;
  kpis: Kpis;
  events: Events;
  functions: Functions;
  clock: Clock;
  log: Log;
  /** True for errors that may not occur again. */
  isTransient: (error: unknown) => boolean;
  /** The size of the parts in which rows are read, and how many milliseconds pass until progress is recorded. */
  pace?: { readonly rows: number; readonly characters: number; readonly pause: number };
};

const usualPace = { ...usualPart, pause: usualPause };

/** The milliseconds before its end at which the function stops: enough for what it has sent to arrive. */
const reserve = 60_000;

/**
 * Writes the rows that a finished rebuild unloaded to the KPI table and frees the mart for the next rebuild. Before its time is
 * over it stops and invokes itself, to go on from there. Each other try is counted before it begins; after the last one that did
 * not get further the rebuild fails, and the next rebuild publishes what this one has not.
 */
export const publishRebuild =
  (ports: Ports) =>
  async (input: Input, _invocation?: string, left: () => number = () => Infinity): Promise<void> => {
    const id = 'command' in input ? input.id : rebuildOfStatement(input.detail.statementName);
    const rebuild = await ports.ledger.rebuilds.find(id);
    if (!rebuild || rebuild.state === 'failed') return;
    followRebuild(ports.log, rebuild);
    if (rebuild.state === 'published') return close(ports, rebuild);
    const spec = await rebuildSpec(ports.files, rebuild.id);
    followRebuild(ports.log, rebuild, spec);
    if (!spec || !(await isHolder(ports, rebuild))) return;
    if (publishingEnd(rebuild)) return giveUp(ports, rebuild, spec);
    const statement = 'command' in input ? rebuild.statement_id : input.detail.statementId;
    if (statement === undefined) return;
    const { pause } = ports.pace ?? usualPace;
    const begun = await beginTry(ports, rebuild, statement, pause);
    const done = begun && (await tryToPublish(ports, rebuild, spec, begun, () => left() < reserve));
    if (!done) return;
    const { items, is_sure, leftOut } = done;
    const found = await checkedRecord(ports.files, spec.unload);
    const facts = { ...found, ...leftOutFacts(leftOut, leftOutKey(spec.unload)) };
    const published = await recordPublished(ports, rebuild.id, facts, is_sure);
    const left_out = leftOut.total;
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

/**
 * Undefined if it stopped, if another try goes on, or if this was the last try. Errors that may not occur again are thrown, so
 * that it is tried again.
 */
const tryToPublish = async (
  ports: Ports,
  { follows }: RebuildRecord,
  spec: RebuildSpec,
  begun: PublishTry,
  isTimeUp: () => boolean,
): Promise<Published | undefined> => {
  try {
    const published = await publishKpis(ports, {
      spec,
      unloaded: await openUnloaded(ports.files, spec, ports.pace),
      before: await leftOutBefore(ports, follows),
      from: begun.done,
      reached: (done) => begun.reached(done),
      isTimeUp,
    });
    if (published) await reportLeftOut(ports, spec, published.leftOut);
    else await goOn(ports, spec, begun);
    return published;
  } catch (error) {
    const rebuild = await begun.fail(error, ports.isTransient(error));
    if (!rebuild) return undefined;
    if (!publishingEnd(rebuild)) throw error;
    await giveUp(ports, rebuild, spec);
    return undefined;
  }
};

/** Leaves the rest to the next invocation, unless another one has begun. */
const goOn = async (
  { functions, log }: Ports,
  { rebuild }: RebuildSpec,
  begun: PublishTry,
): Promise<void> => {
  if (!(await begun.stop())) return;
  log.info('KPIs continue', { rebuild, ...begun.done });
  await functions.invoke('publish-kpis', lookAgain('rebuild', rebuild));
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
const reportLeftOut = async ({ files, log }: Ports, spec: RebuildSpec, leftOut: LeftOutList) => {
  if (leftOut.total === 0) return;
  const report = leftOutKey(spec.unload);
  await files.write(report, leftOutReport(spec.rebuild, leftOut));
  log.error('KPIs left out', { rebuild: spec.rebuild, left_out: leftOut.total, report });
};

export const handler = lambda(Input, publishRebuild, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  kpis: dynamoKpis(env('KPI_TABLE')),
  events: eventBridgeEvents(env('STAGE')),
  functions: lambdaFunctions(env('NAME')),
  clock,
  log,
  isTransient,
}));
