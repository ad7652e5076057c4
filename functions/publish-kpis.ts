import pLimit from 'p-limit';
import { dynamoKpis } from './adapters/dynamo-kpis.ts';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { eventBridgeEvents } from './adapters/eventbridge-events.ts';
import { lambda } from './adapters/lambda.ts';
import { s3Files } from './adapters/s3-files.ts';
import { StatementEnded } from './domain/events.ts';
import { martLease, type RebuildRecord } from './domain/ledger.ts';
import type { Clock, Events, Files, Kpis, Ledger, Log } from './domain/ports.ts';
import { checkedRecord } from './domain/rebuild/check-findings.ts';
import { type LeftOut, leftOutFacts, leftOutKey, leftOutReport } from './domain/rebuild/kpi-left-out.ts';
import { type Published, publishKpis } from './domain/rebuild/kpi-publishing.ts';
import { readUnloaded, type UnloadedRows } from './domain/rebuild/kpi-rows.ts';
import { freeMart, rebuildOfStatement, rebuildSpec } from './domain/rebuild/rebuilding.ts';
import type { RebuildSpec } from './domain/spec.ts';

type Ports = { files: Files; ledger: Ledger; kpis: Kpis; events: Events; clock: Clock; log: Log };

/** Writes what a finished rebuild unloaded to the KPI table and frees the mart for the next rebuild. */
export const publishRebuild =
  (ports: Ports) =>
  async ({ detail }: StatementEnded): Promise<void> => {
    const rebuild = await ports.ledger.rebuild(rebuildOfStatement(detail.statementName));
    if (!rebuild || rebuild.state === 'failed') return;
    if (rebuild.state === 'published') return close(ports, rebuild);
    const spec = await rebuildSpec(ports.files, rebuild.id);
    if (!spec || !(await isHolder(ports, rebuild))) return;
    if (rebuild.state === 'sent')
      await ports.ledger.amendRebuild(rebuild, { publishing_at: ports.clock.now() });
    const { items, leftOut } = await publishUnloaded(ports, spec);
    await reportLeftOut(ports, spec, leftOut);
    for (const batch of spec.batches) await ports.ledger.removePending(spec.mart, batch);
    const found = await checkedRecord(ports.files, spec.unload);
    const facts = { ...found, ...leftOutFacts(leftOut, leftOutKey(spec.unload)) };
    const published = await recordPublished(ports, rebuild, facts);
    const left_out = leftOut.length;
    ports.log.info('KPIs published', { rebuild: rebuild.id, items, left_out, batches: spec.batches.length });
    if (published) await close(ports, published);
  };

/** A zombie's rows are old: whoever holds the mart now has newer ones to show. */
const isHolder = async ({ ledger }: Ports, rebuild: RebuildRecord): Promise<boolean> =>
  (await ledger.lease(martLease(rebuild.mart))).holder === rebuild.id;

/** The event may be faster than the record of the statement: then that record is read again. */
const recordPublished = async (
  { ledger, clock }: Ports,
  rebuild: RebuildRecord,
  facts: Partial<RebuildRecord>,
): Promise<RebuildRecord | undefined> => {
  const patch = { ...facts, closed_at: clock.now() };
  const now = await ledger.rebuild(rebuild.id);
  return now?.state === 'published' ? now : ledger.moveRebuild(now ?? rebuild, 'published', patch);
};

const close = async ({ ledger, events }: Ports, { id, mart }: RebuildRecord): Promise<void> => {
  await freeMart(ledger, martLease(mart), id);
  await events.announce('KPIs Published', mart, id);
};

/** Days are for many to read and soon written; what each listener's latest item takes comes after them. */
const publishUnloaded = async (ports: Ports, spec: RebuildSpec): Promise<Published> => {
  const { rebuild, seq, as_of } = spec;
  let items = 0;
  let leftOut: LeftOut[] = [];
  for (const kpis of [spec.kpis.filter((kpi) => !isLatest(kpi)), spec.kpis.filter(isLatest)]) {
    const read = await unloadedRows(ports.files, { ...spec, kpis });
    const rows = new Map([...read].map(([model, unloaded]) => [model, unloaded.rows]));
    const published = await publishKpis(ports, { ...spec, kpis }, rows, { rebuild, seq, as_of });
    items += published.items;
    leftOut = [
      ...leftOut,
      ...[...read.values()].flatMap((unloaded) => unloaded.leftOut),
      ...published.leftOut,
    ];
  }
  return { items, leftOut };
};

/** The whole list may be longer than a record can be, and is only for people. */
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

export const handler = lambda(StatementEnded, publishRebuild, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  kpis: dynamoKpis(env('KPI_TABLE')),
  events: eventBridgeEvents(env('STAGE')),
  clock,
  log,
}));
