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
import type { KpiRow } from './domain/rebuild/kpi-items.ts';
import { publishKpis } from './domain/rebuild/kpi-publishing.ts';
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
    const items = await publishUnloaded(ports, spec);
    for (const batch of spec.batches) await ports.ledger.removePending(spec.mart, batch);
    const found = await checkedRecord(ports.files, spec.unload);
    const published = await recordPublished(ports, rebuild, found);
    ports.log.info('KPIs published', { rebuild: rebuild.id, items, batches: spec.batches.length });
    if (published) await close(ports, published);
  };

/** A zombie's rows are old: whoever holds the mart now has newer ones to show. */
const isHolder = async ({ ledger }: Ports, rebuild: RebuildRecord): Promise<boolean> =>
  (await ledger.lease(martLease(rebuild.mart))).holder === rebuild.id;

/** The event may be faster than the record of the statement: then that record is read again. */
const recordPublished = async (
  { ledger, clock }: Ports,
  rebuild: RebuildRecord,
  found: Pick<RebuildRecord, 'checks' | 'report'>,
): Promise<RebuildRecord | undefined> => {
  const patch = { ...found, closed_at: clock.now() };
  const now = await ledger.rebuild(rebuild.id);
  return now?.state === 'published' ? now : ledger.moveRebuild(now ?? rebuild, 'published', patch);
};

const close = async ({ ledger, events }: Ports, { id, mart }: RebuildRecord): Promise<void> => {
  await freeMart(ledger, martLease(mart), id);
  await events.announce('KPIs Published', mart, id);
};

/** Days are for many to read and soon written; what each listener's latest item takes comes after them. */
const publishUnloaded = async (ports: Ports, spec: RebuildSpec): Promise<number> => {
  const { rebuild, seq, as_of } = spec;
  let items = 0;
  for (const kpis of [spec.kpis.filter((kpi) => !isLatest(kpi)), spec.kpis.filter(isLatest)]) {
    const rows = await unloadedRows(ports.files, { ...spec, kpis });
    items += await publishKpis(ports, { ...spec, kpis }, rows, { rebuild, seq, as_of });
  }
  return items;
};

const isLatest = ({ shapes }: RebuildSpec['kpis'][number]): boolean =>
  shapes.length > 0 && shapes.every(({ publish }) => publish === 'latest');

const unloadedRows = async (
  files: Files,
  { unload, kpis }: RebuildSpec,
): Promise<Map<string, readonly KpiRow[]>> =>
  new Map(
    await pLimit(8).map(kpis, async ({ model }) => [model, await rowsUnder(files, `${unload}${model}/`)]),
  );

const rowsUnder = async (files: Files, prefix: string): Promise<readonly KpiRow[]> => {
  const texts = await Promise.all((await files.list(prefix)).map((key) => files.readText(key)));
  return texts.flatMap((text = '') =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  );
};

export const handler = lambda(StatementEnded, publishRebuild, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  kpis: dynamoKpis(env('KPI_TABLE')),
  events: eventBridgeEvents(env('STAGE')),
  clock,
  log,
}));
