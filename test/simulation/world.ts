import { ledgerOn } from '../../functions/adapters/dynamo-ledger.ts';
import { archiveFiles } from '../../functions/archive-files.ts';
import { checkQuality } from '../../functions/check-quality.ts';
import { migrateTables } from '../../functions/migrate-tables.ts';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import { type FunctionName, lookAgain, type OurEvent } from '../../functions/pipeline/events.ts';
import { readName } from '../../functions/pipeline/lake-keys.ts';
import type {
  Clock,
  Events,
  Functions,
  Jobs,
  Kpis,
  Ledger,
  Timer,
  Warehouse,
} from '../../functions/pipeline/ports.ts';
import { lastRebuilds } from '../../functions/pipeline/queries/last-rebuilds.ts';
import { askMigration } from '../../functions/pipeline/steps/migration/migrating.ts';
import { askRetry } from '../../functions/pipeline/steps/rebuild/retrying.ts';
import { askReprocess } from '../../functions/pipeline/steps/reprocess/reprocess.ts';
import { publishRebuild } from '../../functions/publish-kpis.ts';
import { rebuildModels } from '../../functions/rebuild-models.ts';
import { runTransform } from '../../functions/run-transform.ts';
import { settleBatch } from '../../functions/settle-batch.ts';
import { sweep } from '../../functions/sweep.ts';
import { validateLanding } from '../../functions/validate-landing.ts';
import { objectCreated, runEnded, statementEnded } from '../functions/events.ts';
import type { Dice } from './dice.ts';
import { type EngineFaults, newEngine } from './engine.ts';
import { newLake } from './lake.ts';
import { newScheduler } from './scheduler.ts';
import { memoryItems, memoryKpis, moodyKpis, Throttled } from './tables.ts';
import { newWarehouse, type SimulatedStatement } from './warehouse.ts';
import { newWatch } from './watch.ts';
import type { Weather } from './weather.ts';

/** The whole pipeline in memory: the real use cases, everything around them played by chance. */

/** A defect that is put in on purpose, to see that a history catches it. */
export type Defect = {
  readonly engine?: EngineFaults;
  readonly items?: (
    items: ReturnType<typeof memoryItems>['items'],
  ) => ReturnType<typeof memoryItems>['items'];
  readonly ledger?: (ledger: Ledger, now: () => string) => Ledger;
  readonly jobs?: (jobs: Jobs) => Jobs;
  readonly warehouse?: (warehouse: Warehouse) => Warehouse;
  readonly kpis?: (kpis: Kpis) => Kpis;
};

type Delivery = { readonly to: FunctionName | 'sweep'; readonly event: unknown; tries: number };

export type World = ReturnType<typeof newWorld>;

export const newWorld = (
  luck: Dice,
  weather: Weather,
  first: Catalog,
  defect: Defect = {},
  adapt: (catalog: Catalog) => Catalog = (catalog) => catalog,
) => {
  let catalog = adapt(first);
  let time = Date.parse('2024-06-25T00:00:00Z');
  let isCalm = false;
  const now = (): string => new Date(time++).toISOString();
  const deliveries: Delivery[] = [];
  const deliver = (to: Delivery['to'], event: unknown): void => {
    if (!isCalm && luck.chance(weather.lose)) return;
    deliveries.push({ to, event, tries: 0 });
    if (!isCalm && luck.chance(weather.duplicate)) deliveries.push({ to, event, tries: 0 });
  };

  const watch = newWatch();
  const { items, all } = memoryItems(watch.write);
  const { kpis: memory, all: allKpis } = memoryKpis(watch.writeKpi);
  const { kpis, reject } = moodyKpis(memory, () => !isCalm && luck.chance(weather.throttled));
  const lake = newLake(now, ({ key, version }) => {
    if (readName(key).kind !== 'elsewhere') deliver('validate-landing', objectCreated({ key, version }));
  });
  const engine = newEngine(lake, luck, (run) => deliver(afterRun[run.job], runEnded(run.id)), defect.engine);
  const tellOfStatement = ({ id, name, state }: SimulatedStatement): void =>
    deliver(afterStatement(name, state), statementEnded({ id, state }, name));
  const warehouse = newWarehouse(lake, engine.silver, luck, tellOfStatement, defect.engine);
  const events: Events = {
    announce: async (event) => {
      for (const to of targets[event['detail-type']]) deliver(to, event);
    },
  };
  const functions: Functions = { invoke: async (to, event) => deliver(to, event) };
  const clock: Clock & Timer = {
    now,
    wait: async (milliseconds) => {
      time += milliseconds;
    },
  };
  const scheduler = newScheduler(luck, weather);
  const plain = { now } as const;

  /** Of one process, which ends with its first crash. */
  const portsOf = () => {
    const process = { hasEnded: false };
    const guard = <P extends object>(port: P): P => scheduler.guard(port, process);
    const ledger = ledgerOn(guard(defect.items?.(items) ?? items));
    return {
      files: guard(lake.files),
      ledger: defect.ledger?.(ledger, now) ?? ledger,
      jobs: guard(defect.jobs?.(engine.jobs) ?? engine.jobs),
      warehouse: guard(defect.warehouse?.(warehouse.warehouse) ?? warehouse.warehouse),
      optimisers: guard({ keep: async () => {} }),
      queries: guard(warehouse.tables.queries),
      kpis: guard(defect.kpis?.(kpis) ?? kpis),
      events: guard(events),
      functions: guard(functions),
      clock: { ...plain, wait: guard(clock).wait },
      log: { follow: () => {}, info: () => {}, error: () => {} },
      isTransient: (error: unknown) => error instanceof Throttled,
      catalog,
      batchWindow: 1000,
      name: 'soundcheck-sim',
      silver: 'silver',
      bucket: 'lake',
      interval: weather.interval,
    };
  };

  /** The milliseconds that a function has until it is stopped: enough, or none any more, also when nothing goes wrong. */
  const timeLeft = (): number => (luck.chance(weather.hasty) ? 0 : Infinity);

  const useCase = (to: Delivery['to']) => {
    const ports = portsOf();
    const handlers: Partial<Record<Delivery['to'], (event: never) => Promise<unknown>>> = {
      'validate-landing': validateLanding(ports),
      'run-transform': runTransform(ports),
      'check-quality': checkQuality(ports),
      'settle-batch': settleBatch(ports),
      'archive-files': archiveFiles(ports),
      'migrate-tables': migrateTables(ports),
      'rebuild-models': rebuildModels(ports),
      'publish-kpis': (event) => publishRebuild({ ...ports, pace: smallestPace })(event, '', timeLeft),
      sweep: sweep(ports),
    };
    const handler = handlers[to];
    if (!handler) throw new ReferenceError(`${to} is not simulated here`);
    return handler;
  };

  /** Starts the invocation that one waiting delivery asks for; Lambda tries a failed one twice again. */
  const takeDelivery = (): boolean => {
    const delivery = deliveries.splice(luck.below(deliveries.length), 1)[0];
    if (!delivery) return false;
    scheduler.spawn(async () => {
      try {
        await useCase(delivery.to)(delivery.event as never);
      } catch (error) {
        watch.failed(delivery.to, error);
        if (++delivery.tries <= 2 && !weather.crashAt) deliveries.push(delivery);
      }
    });
    return true;
  };

  /** Somebody asks for the rows of all published files to be made again, and may be cut off. */
  const reprocess = (): void =>
    scheduler.spawn(async () => {
      try {
        const ports = portsOf();
        for (const file of await ports.ledger.files.published('plays')) await askReprocess(ports, file);
        await ports.functions.invoke('run-transform', lookAgain('dataset', 'plays'));
      } catch (error) {
        watch.failed('reprocess', error);
      }
    });

  /** Somebody asks for another rebuild where the newest one failed, and may be cut off. */
  const retryRebuild = (): void =>
    scheduler.spawn(async () => {
      try {
        const ports = portsOf();
        const { newest } = await lastRebuilds(ports.ledger, 'listening');
        if (newest?.state !== 'failed') return;
        await askRetry(ports, newest);
        await ports.functions.invoke('rebuild-models', lookAgain('mart', 'listening'));
      } catch (error) {
        watch.failed('retry', error);
      }
    });

  /** Somebody asks for the tables of the mart again, and may be cut off. */
  const retryMigration = (): void =>
    scheduler.spawn(async () => {
      try {
        const ports = portsOf();
        const last = await ports.ledger.migrations.find('listening');
        if (last?.state !== 'applied' && last?.state !== 'failed') return;
        await askMigration(ports, last);
        await ports.functions.invoke('migrate-tables', lookAgain('mart', 'listening'));
      } catch (error) {
        watch.failed('retry', error);
      }
    });

  return {
    reprocess,
    retryRebuild,
    retryMigration,
    deploy: (next: Catalog): void => {
      catalog = adapt(next);
      deliver('migrate-tables', lookAgain('deployment', 'soundcheck-sim'));
    },
    catalog: () => catalog,
    clock,
    lake,
    engine,
    warehouse,
    watch,
    step: scheduler.step,
    wake: scheduler.wake,
    calls: scheduler.calls,
    takeDelivery,
    invokeSweep: () => deliver('sweep', {}),
    ledger: ledgerOn(items),
    items: all,
    kpiItems: allKpis,
    /** From now on the KPI table rejects every write for good, or takes it again. */
    rejectKpis: reject,
    jump: (milliseconds: number) => {
      time += milliseconds;
    },
    calm: (isNow: boolean) => {
      isCalm = isNow;
      scheduler.calm(isNow);
    },
  };
};

const afterRun = { transform: 'check-quality', quality: 'settle-batch', tables: 'migrate-tables' } as const;

const afterStatement = (name: string, state: SimulatedStatement['state']): FunctionName => {
  if (name.includes('-migrate-')) return 'migrate-tables';
  return state === 'finished' && !name.includes('-prepare-') ? 'publish-kpis' : 'rebuild-models';
};

/** Two rows in each part, and every part is recorded. */
const smallestPace = { rows: 2, characters: 1_000, pause: 0 };

const targets: Readonly<Record<OurEvent['detail-type'], readonly FunctionName[]>> = {
  'File Accepted': ['run-transform'],
  'File Rejected': ['archive-files'],
  'File Ignored': ['archive-files'],
  'Batch Published': ['run-transform', 'archive-files', 'rebuild-models'],
  'Batch Failed': ['run-transform'],
  'KPIs Published': ['rebuild-models'],
  'KPIs Failed': ['rebuild-models'],
};
