import * as z from 'zod';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { lambda } from './adapters/lambda.ts';
import { lambdaFunctions } from './adapters/lambda-functions.ts';
import { packagedCatalog } from './adapters/packaged-catalog.ts';
import { redshiftWarehouse } from './adapters/redshift-warehouse.ts';
import { s3Files } from './adapters/s3-files.ts';
import {
  anyRebuild,
  BatchEvent,
  type Catalog,
  type Clock,
  checkedRecord,
  closeRebuild,
  correlationIdsOf,
  type Files,
  type Functions,
  failRebuild,
  followRebuild,
  isGoldBefore,
  isMigrated,
  isOver,
  isRebuildDue,
  isRebuildOver,
  isTooSoon,
  kpiPrefix,
  type LastRebuilds,
  type Lease,
  type Ledger,
  type Log,
  lastRebuilds,
  lookAgain,
  lookAgainFor,
  MartEvent,
  martLease,
  martOfRebuild,
  patience,
  prepareRebuild,
  type RebuildFailure,
  type RebuildIn,
  type RebuildRecord,
  rebuildId,
  rebuildOfStatement,
  rebuildSpec,
  runKey,
  StatementEnded,
  sentBatch,
  statementName,
  type Warehouse,
} from './pipeline/index.ts';
import {
  appliedBy,
  failureReason,
  type Mart,
  type RebuildRun,
  type RebuildSpec,
  rebuildBatches,
} from './warehouse/index.ts';

type Ports = {
  files: Files;
  ledger: Ledger;
  warehouse: Warehouse;
  functions: Functions;
  clock: Clock;
  log: Log;
  catalog: Catalog;
  /** The stack's name and the lake's bucket. */
  name: string;
  bucket: string;
  /** The least time from the beginning of one rebuild of a mart to that of the next, in milliseconds. */
  interval: number;
};

const Input = z.union([BatchEvent, MartEvent, StatementEnded, lookAgainFor('rebuild-models')]);
type Input = z.infer<typeof Input>;

/**
 * Sends a rebuild to the warehouse, usually as one transaction, for each mart that needs one; continues rebuilds that were
 * interrupted or have failed.
 */
export const rebuildModels =
  (ports: Ports) =>
  async (input: Input): Promise<void> => {
    for (const mart of martsOf(ports.catalog, input)) await rebuildMart(ports, mart, 'command' in input);
  };

const martsOf = ({ marts }: Catalog, input: Input): Mart[] => {
  if ('command' in input) return named(marts, input.id);
  const { detail } = input;
  if ('statementName' in detail) return named(marts, martOfRebuild(rebuildOfStatement(detail.statementName)));
  if ('mart' in detail) return named(marts, detail.mart);
  return Object.values(marts).filter((mart) => mart.datasets.includes(detail.dataset));
};

const named = (marts: Catalog['marts'], name: string): Mart[] => {
  const mart = marts[name];
  return mart ? [mart] : [];
};

/** `isAsked`: an event may be lost. */
const rebuildMart = async (ports: Ports, mart: Mart, isAsked = false): Promise<void> => {
  const { ledger, clock } = ports;
  const lease = await ledger.leases.find(martLease(mart.name));
  if (lease.holder !== undefined) return takeUp(ports, mart, lease, lease.holder, isAsked);
  if (!(await isRebuildDue(ports, mart))) return;
  // The sweep wakes it again.
  if (await isTooSoon(ports, mart, ports.interval)) return;
  // It wakes this function when the tables exist.
  if (!(await isMigrated(ledger, mart)))
    return ports.functions.invoke('migrate-tables', lookAgain('mart', mart.name));
  const taken = await ledger.leases.acquire(lease, rebuildId(mart.name, lease.fence + 1), clock.now());
  if (taken) await send(ports, mart, taken);
};

/** Continues the rebuild that holds the mart, as far as the ledger and the warehouse know it. */
const takeUp = async (
  ports: Ports,
  mart: Mart,
  lease: Lease,
  id: string,
  isAsked: boolean,
): Promise<void> => {
  const known = await ports.ledger.rebuilds.find(id);
  if (known) followRebuild(ports.log, known);
  if (known && isRebuildOver(known)) await closeRebuild(ports, known);
  else {
    const rebuild = known?.state === 'sent' ? known : await send(ports, mart, lease);
    const why = rebuild && (await failureOf(ports, rebuild));
    if (rebuild && !why && isAsked) await publishAgain(ports, rebuild);
    if (!why || !(await fail(ports, mart, rebuild, why))) return;
  }
  await rebuildMart(ports, mart);
};

/** Longer than writing KPIs may take; interrupted functions are called again by their caller. */
const publishingTime = 900_000 + patience;

/** Its statement has finished, but nobody writes its KPIs: the event was lost, or the writer. */
const publishAgain = async (
  { warehouse, functions, clock }: Ports,
  rebuild: RebuildRecord,
): Promise<void> => {
  if (rebuild.state !== 'sent') return;
  if (rebuild.publishing_at && !isOver(rebuild.publishing_at, publishingTime, clock.now())) return;
  const statement = await warehouse.statement(rebuild.statement_id);
  if (statement?.state === 'finished')
    await functions.invoke('publish-kpis', lookAgain('rebuild', rebuild.id));
};

type Failed = { readonly failure: RebuildFailure; readonly error: string };

/** How the statement of a rebuild failed; undefined while it runs, and after it has finished. */
const failureOf = async (
  { warehouse, clock, name }: Ports,
  rebuild: RebuildRecord,
): Promise<Failed | undefined> => {
  const { state: sentAs, step: before, statement_id = '', sent_at } = rebuild;
  const step = sentAs === 'open' ? before : undefined;
  const statement =
    (await warehouse.statement(statement_id)) ?? (await warehouse.find(statementName(name, rebuild, step)));
  if (!statement)
    return isOver(sent_at, patience, clock.now())
      ? { failure: 'lost', error: 'the warehouse does not know its statement any more' }
      : undefined;
  const { state, error = 'the warehouse gives no reason' } = statement;
  if (state === 'failed') return { failure: 'sql', error };
  return state === 'lost' ? { failure: 'lost', error } : undefined;
};

/**
 * First the spec, then the record, then the statement with a name and a token by which it can be found: a second caller gets
 * the first one's statement, even if the first is still working.
 */
const send = async (ports: Ports, mart: Mart, lease: Lease): Promise<RebuildRecord | undefined> => {
  const { ledger, warehouse, clock, log } = ports;
  const before = await lastRebuilds(ledger, mart.name, lease.fence - 1);
  const spec = await readOrWriteSpec(ports, mart, lease, before);
  await ledger.rebuilds.open(recordOf(ports, spec, mart, before));
  const opened = await ledger.rebuilds.find(spec.rebuild);
  if (opened?.state !== 'open') return undefined;
  followRebuild(log, opened, spec);
  const { isDone, rebuild } = await prepareRebuild(ports, opened, spec);
  if (!isDone || !rebuild) return rebuild;
  const name = statementName(ports.name, rebuild);
  const known = await warehouse.find(name);
  const statement_id = known?.id ?? (await warehouse.send(name, spec.rebuild, spec.statements));
  const sent = await ledger.rebuilds.move(rebuild, 'sent', { statement_id, sent_at: clock.now() });
  if (sent) log.info('rebuild sent', { rebuild: spec.rebuild, batches: spec.batches.length });
  return sent;
};

const recordOf = (
  { clock }: Ports,
  { rebuild, seq, generation, unshown, correlation_ids: [correlation_id] = [] }: RebuildSpec,
  mart: Mart,
  before: LastRebuilds,
): RebuildRecord => {
  const [follows, builds_on] = [before.published?.id, committedBefore(before)];
  return {
    id: rebuild,
    mart: mart.name,
    seq,
    state: 'open',
    rev: 1,
    sql_hash: mart.hash,
    opened_at: clock.now(),
    ...(correlation_id !== undefined && { correlation_id }),
    ...(follows && { follows }),
    ...(builds_on && { builds_on }),
    ...(generation !== undefined && { generation }),
    ...(unshown.length > 0 && { unshown }),
  };
};

const committedBefore = ({ newest }: LastRebuilds): string | undefined =>
  newest && (newest.state === 'published' || anyRebuild(newest).is_committed)
    ? newest.id
    : (newest?.builds_on ?? newest?.follows);

const unshownBefore = ({ newest }: LastRebuilds): number[] => {
  if (!newest || newest.state === 'published') return [];
  const { unshown = [], publish_tries, seq, generation = seq } = anyRebuild(newest);
  return [...unshown, ...(publish_tries ? [generation] : [])];
};

/** The one before goes on only where nobody can still write in it, however late: else an older item might replace a newer one. */
const generationAfter = ({ newest }: LastRebuilds, seq: number): number => {
  if (!newest) return seq;
  const { state, is_settled, publish_tries, generation = seq } = anyRebuild(newest);
  return is_settled || (state === 'failed' && !publish_tries) ? generation : seq;
};

const readOrWriteSpec = async (
  ports: Ports,
  mart: Mart,
  lease: Lease,
  before: LastRebuilds,
): Promise<RebuildSpec> => {
  const rebuild = rebuildId(mart.name, lease.fence);
  const written = await rebuildSpec(ports.files, rebuild);
  if (written) return written;
  const spec = await composeSpec(ports, mart, lease.fence, before);
  if (await ports.files.writeOnce(runKey(rebuild, 'rebuild', 'spec'), JSON.stringify(spec))) return spec;
  return (await rebuildSpec(ports.files, rebuild)) ?? spec;
};

const composeSpec = async (
  ports: Ports,
  mart: Mart,
  seq: number,
  before: LastRebuilds,
): Promise<RebuildSpec> => {
  const rebuild = rebuildId(mart.name, seq);
  const batches = [...(await ports.ledger.rebuilds.pending(mart.name))];
  const unload = kpiPrefix(rebuild);
  const builds_on = committedBefore(before);
  const previous = builds_on ? (await rebuildSpec(ports.files, builds_on))?.applied : undefined;
  const shown = before.published?.seq ?? 0;
  const [generation, unshown] = [generationAfter(before, seq), unshownBefore(before)];
  const run = {
    rebuild,
    seq,
    batches,
    unload: `s3://${ports.bucket}/${unload}`,
    target: ports.catalog.target,
    warned: await warnedBefore(ports, mart, before),
    shown,
    generation,
    unshown,
    ...(previous ? { previous } : {}),
  };
  return {
    rebuild,
    mart: mart.name,
    seq,
    batches,
    correlation_ids: await correlationIdsOf(ports.files, batches),
    as_of: ports.clock.now(),
    unload,
    ...batchesOf(mart, run),
    shown,
    generation,
    unshown,
    kpis: mart.models.flatMap((model) =>
      model.kind === 'kpi' ? [{ model: model.name, shapes: model.kpi, columns: model.columns }] : [],
    ),
    applied: structuredClone(appliedBy(mart)) as RebuildSpec['applied'],
  };
};

const batchesOf = (mart: Mart, run: RebuildRun): Pick<RebuildSpec, 'before' | 'statements' | 'paths'> => {
  const batches = structuredClone(rebuildBatches(mart, run)) as RebuildSpec['before'];
  const { statements = [], paths = [] } = batches.at(-1) ?? {};
  return { before: batches.slice(0, -1), statements, paths };
};

/** Checks that warned in the current gold or its KPIs, also those that else fail; if a rebuild does not record it, all may have. */
const warnedBefore = async ({ ledger }: Ports, mart: Mart, before: LastRebuilds): Promise<string[]> => {
  const { published } = before;
  const id = committedBefore(before);
  const committed = id === undefined || id === published?.id ? undefined : await ledger.rebuilds.find(id);
  const all = mart.models.filter(({ kind }) => kind === 'check');
  const warned = [published, committed].flatMap((rebuild) => {
    if (!rebuild) return [];
    return anyRebuild(rebuild).checks?.map(({ check }) => check) ?? all.map(({ name }) => name);
  });
  return [...new Set(warned)];
};

/** The old gold stays in use, or the new one if it was already committed; what the checks found stays in the lake. */
const fail = async (
  ports: Ports,
  mart: Mart,
  rebuild: RebuildRecord,
  { failure, error }: Failed,
): Promise<RebuildIn<'failed'> | undefined> => {
  const spec = await rebuildSpec(ports.files, rebuild.id);
  followRebuild(ports.log, rebuild, spec);
  const found = spec ? await checkedRecord(ports.files, spec.unload) : { checks: [] };
  const batch = spec && sentBatch(rebuild, spec);
  const reason =
    failure === 'sql' ? failureReason(mart, { error, spec: batch, checks: found.checks }) : error;
  const is_committed = spec && isGoldBefore(rebuild, spec);
  const why = { ...found, failure, reason, ...(is_committed && { is_committed }) };
  const failed = await failRebuild(ports, rebuild, why);
  if (failed) {
    const { losses, report } = failed;
    ports.log.error('rebuild failed', { rebuild: rebuild.id, failure, reason, losses, report });
  }
  return failed;
};

export const handler = lambda(Input, rebuildModels, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  warehouse: redshiftWarehouse({ warehouse: env('WAREHOUSE'), database: env('DATABASE') }),
  functions: lambdaFunctions(env('NAME')),
  catalog: packagedCatalog(),
  name: env('NAME'),
  bucket: env('LAKE_BUCKET'),
  interval: Number(env('REBUILD_INTERVAL_SECONDS')) * 1000,
  clock,
  log,
}));
