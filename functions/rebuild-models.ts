import * as z from 'zod';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { lambda } from './adapters/lambda.ts';
import { packagedCatalog } from './adapters/packaged-catalog.ts';
import { redshiftWarehouse } from './adapters/redshift-warehouse.ts';
import { s3Files } from './adapters/s3-files.ts';
import type { Catalog, Mart } from './domain/catalog.ts';
import { OurEvent, StatementEnded } from './domain/events.ts';
import { runKey } from './domain/landing.ts';
import { isOver, type Lease, martLease, patience, type RebuildRecord, rebuildId } from './domain/ledger.ts';
import type { Clock, Files, Ledger, Log, Warehouse } from './domain/ports.ts';
import { checkedRecord } from './domain/rebuild/check-findings.ts';
import { failureReason } from './domain/rebuild/failure-reason.ts';
import { appliedBy, composeRebuild, pathsOfStatements } from './domain/rebuild/rebuild.ts';
import {
  freeMart,
  isRebuildOver,
  martOfRebuild,
  rebuildOfStatement,
  rebuildSpec,
  statementName,
} from './domain/rebuild/rebuilding.ts';
import type { RebuildSpec } from './domain/spec.ts';

type Ports = {
  files: Files;
  ledger: Ledger;
  warehouse: Warehouse;
  clock: Clock;
  log: Log;
  catalog: Catalog;
  /** The stack's name and the lake's bucket. */
  name: string;
  bucket: string;
};

const Wake = z.union([OurEvent, StatementEnded]);

/** Sends one transaction to the warehouse for each mart that has published batches to show; takes up what was cut off or failed. */
export const rebuildModels =
  (ports: Ports) =>
  async (event: z.infer<typeof Wake>): Promise<void> => {
    for (const mart of martsOf(ports.catalog, event)) await rebuildMart(ports, mart);
  };

const martsOf = ({ marts }: Catalog, event: z.infer<typeof Wake>): Mart[] => {
  if (!('detail-type' in event))
    return named(marts, martOfRebuild(rebuildOfStatement(event.detail.statementName)));
  if (event['detail-type'] === 'KPIs Published') return named(marts, event.detail.dataset);
  return Object.values(marts).filter((mart) => mart.datasets.includes(event.detail.dataset));
};

const named = (marts: Catalog['marts'], name: string): Mart[] => {
  const mart = marts[name];
  return mart ? [mart] : [];
};

const rebuildMart = async (ports: Ports, mart: Mart): Promise<void> => {
  const { ledger, clock } = ports;
  const lease = await ledger.lease(martLease(mart.name));
  if (lease.holder !== undefined) return takeUp(ports, mart, lease, lease.holder);
  if (!(await isDue(ports, mart, lease))) return;
  const taken = await ledger.acquire(lease, rebuildId(mart.name, lease.fence + 1), clock.now());
  if (taken) await send(ports, mart, taken);
};

const hour = 3_600_000;

/** There is a batch that the last rebuild did not try, or other SQL than it ran; a failed one is tried again after an hour. */
const isDue = async ({ ledger, files, clock }: Ports, mart: Mart, lease: Lease): Promise<boolean> => {
  const pending = await ledger.pending(mart.name);
  const last = await ledger.rebuild(rebuildId(mart.name, lease.fence));
  if (last && (last.is_forgotten || last.sql_hash !== mart.hash)) return true;
  if (last?.state !== 'failed') return pending.length > 0;
  const tried = new Set((await rebuildSpec(files, last.id))?.batches);
  return (
    pending.some((batch) => !tried.has(batch)) ||
    (pending.length > 0 && isOver(last.closed_at, hour, clock.now()))
  );
};

const takeUp = async (ports: Ports, mart: Mart, lease: Lease, id: string): Promise<void> => {
  const { ledger, warehouse, clock } = ports;
  const known = await ledger.rebuild(id);
  if (known && isRebuildOver(known)) return freeMart(ledger, lease.name, id);
  if (known?.state !== 'sent') {
    return isOver(lease.taken_at, patience, clock.now()) ? send(ports, mart, lease) : undefined;
  }
  const statement = await warehouse.statement(known.statement_id ?? '');
  const is_forgotten = !statement && isOver(known.sent_at, 24 * hour, clock.now());
  if (statement?.state !== 'failed' && !is_forgotten) return;
  await fail(ports, mart, known, {
    error: statement?.error ?? 'the warehouse forgot its statement',
    is_forgotten,
  });
  await rebuildMart(ports, mart);
};

/** The spec first, then the record, then the statement under a name and a token by which it is found again. */
const send = async (ports: Ports, mart: Mart, lease: Lease): Promise<void> => {
  const { ledger, warehouse, clock, log } = ports;
  const spec = await readOrWriteSpec(ports, mart, lease);
  await ledger.openRebuild(await recordOf(ports, spec, mart));
  const rebuild = await ledger.rebuild(spec.rebuild);
  if (rebuild?.state !== 'open' || !isOver(rebuild.starting_at, patience, clock.now())) return;
  const intent = await ledger.amendRebuild(rebuild, { starting_at: clock.now() });
  if (!intent) return;
  const name = statementName(ports.name, spec.rebuild);
  const known = await warehouse.find(name);
  const statement_id = known?.id ?? (await warehouse.send(name, spec.rebuild, spec.statements));
  const sent = { statement_id, sent_at: clock.now(), starting_at: undefined };
  await ledger.moveRebuild(intent, 'sent', sent);
  log.info('rebuild sent', { rebuild: spec.rebuild, batches: spec.batches.length });
};

const recordOf = async (ports: Ports, { rebuild, seq }: RebuildSpec, mart: Mart): Promise<RebuildRecord> => {
  const follows = await lastPublished(ports.ledger, mart.name, seq);
  const record = { id: rebuild, mart: mart.name, seq, state: 'open', rev: 1, sql_hash: mart.hash } as const;
  return { ...record, opened_at: ports.clock.now(), ...(follows ? { follows } : {}) };
};

/** The rebuild whose gold and KPIs are serving. */
const lastPublished = async (ledger: Ledger, mart: string, seq: number): Promise<string | undefined> => {
  for (let before = seq - 1; before > 0; before--) {
    const last = await ledger.rebuild(rebuildId(mart, before));
    if (last) return last.state === 'published' ? last.id : last.follows;
  }
  return undefined;
};

const readOrWriteSpec = async (ports: Ports, mart: Mart, lease: Lease): Promise<RebuildSpec> => {
  const rebuild = rebuildId(mart.name, lease.fence);
  const written = await rebuildSpec(ports.files, rebuild);
  if (written) return written;
  const spec = await composeSpec(ports, mart, rebuild, lease.fence);
  if (await ports.files.writeOnce(runKey(rebuild, 'rebuild', 'spec'), JSON.stringify(spec))) return spec;
  return (await rebuildSpec(ports.files, rebuild)) ?? spec;
};

const composeSpec = async (ports: Ports, mart: Mart, rebuild: string, seq: number): Promise<RebuildSpec> => {
  const batches = [...(await ports.ledger.pending(mart.name))];
  const unload = `kpis/${rebuild}/1/`;
  const before = await lastPublished(ports.ledger, mart.name, seq);
  const previous = before ? (await rebuildSpec(ports.files, before))?.applied : undefined;
  const isFull = (await ports.ledger.rebuild(rebuildId(mart.name, seq - 1)))?.is_forgotten ?? false;
  const run = {
    rebuild,
    seq,
    batches,
    unload: `s3://${ports.bucket}/${unload}`,
    target: ports.catalog.target,
    isFull,
    warned: await warnedOf(ports.ledger, mart, before),
    ...(previous ? { previous } : {}),
  };
  return {
    rebuild,
    mart: mart.name,
    seq,
    batches,
    as_of: ports.clock.now(),
    unload,
    statements: composeRebuild(mart, run),
    paths: pathsOfStatements(mart, run),
    kpis: mart.models.flatMap(({ kind, name, kpi }) =>
      kind === 'kpi' ? [{ model: name, shapes: kpi }] : [],
    ),
    applied: structuredClone(appliedBy(mart, previous)) as RebuildSpec['applied'],
  };
};

/** Checks of which the serving rebuild warns; where it does not say, any may. */
const warnedOf = async (ledger: Ledger, mart: Mart, serving: string | undefined): Promise<string[]> => {
  if (serving === undefined) return [];
  const found = (await ledger.rebuild(serving))?.checks;
  const all = mart.models.filter(({ kind, severity }) => kind === 'check' && severity === 'warn');
  return found ? found.map(({ check }) => check) : all.map(({ name }) => name);
};

/** The old gold keeps serving; what the checks found stays in the lake. */
const fail = async (
  { ledger, files, clock, log }: Ports,
  mart: Mart,
  rebuild: RebuildRecord,
  { error, is_forgotten }: { readonly error: string; readonly is_forgotten: boolean },
): Promise<void> => {
  const spec = await rebuildSpec(files, rebuild.id);
  const found = spec ? await checkedRecord(files, spec.unload) : { checks: [] };
  const reason = failureReason(mart, { error, spec, checks: found.checks });
  const patch = { ...found, reason, is_forgotten, closed_at: clock.now() };
  const failed = await ledger.moveRebuild(rebuild, 'failed', patch);
  if (!failed) return;
  log.error('rebuild failed', { rebuild: rebuild.id, reason, report: failed.report });
  await freeMart(ledger, martLease(rebuild.mart), rebuild.id);
};

export const handler = lambda(Wake, rebuildModels, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  warehouse: redshiftWarehouse({ workgroup: env('WORKGROUP'), database: env('DATABASE') }),
  catalog: packagedCatalog(),
  name: env('NAME'),
  bucket: env('LAKE_BUCKET'),
  clock,
  log,
}));
