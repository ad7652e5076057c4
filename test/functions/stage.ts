import { ledgerOn } from '../../functions/adapters/dynamo-ledger.ts';
import type { LookAgain } from '../../functions/pipeline/events.ts';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import type {
  Clock,
  Events,
  Files,
  Functions,
  Jobs,
  Kpis,
  Ledger,
  Queries,
  Timer,
  Warehouse,
} from '../../functions/pipeline/ports.ts';
import type { FileState } from '../../functions/pipeline/records/file.ts';
import { simulatedCatalog } from '../simulation/catalog.ts';
import { dice } from '../simulation/dice.ts';
import { newEngine } from '../simulation/engine.ts';
import { newLake } from '../simulation/lake.ts';
import { memoryItems, memoryKpis, Throttled } from '../simulation/tables.ts';
import { newWarehouse } from '../simulation/warehouse.ts';
import type { StoredBatch, StoredFile } from './records.ts';

export const manifest = {
  name: 'manifest.json',
  version: '1.0',
  directory: 'data/plays/',
  purpose: 'plays',
  schema: {
    extension: '.csv',
    name_pattern: '[a-z0-9]+.csv',
    fields_required: true,
    fields: { id: { type: 'int', required: true }, day: { type: 'date', required: true } },
    validation: { on_error: 'quarantine', quarantine_path: 'data/quarantine' },
  },
};

export const manifestKey = 'data/plays/manifest.json';

/** A file that passes the manifest, `id`s from a number on. */
export const goodBody = (from = 100, rows = 2): string =>
  `id,day\n${Array.from({ length: rows }, (_, row) => `${from + row},2024-06-25\n`).join('')}`;

export type Stage = ReturnType<typeof openStage>;

/** All ports in memory, with a record of what went out of them; time goes on by a millisecond a look. */
export const openStage = ({ isMigrated = true } = {}) => {
  let time = Date.parse('2024-06-25T12:00:00Z');
  const now = (): string => new Date(time++).toISOString();
  const announced: string[] = [];
  const invoked: { name: string; command: LookAgain }[] = [];
  const optimised: string[] = [];
  const logged: { level: string; message: string; facts: unknown }[] = [];
  const { items } = memoryItems();
  const { kpis, all: kpiItems } = memoryKpis();
  const lake = newLake(now, () => {});
  const engine = newEngine(lake, dice(1), () => {});
  const simulated = newWarehouse(lake, engine.silver, dice(1), () => {}, {}, isMigrated);
  const events: Events = {
    announce: async ({ 'detail-type': type, detail }) =>
      void announced.push(`${type}: ${Object.values(detail).join(' ')}`),
  };
  const functions: Functions = { invoke: async (name, command) => void invoked.push({ name, command }) };
  const clock: Clock & Timer = {
    now,
    wait: async (milliseconds) => {
      time += milliseconds;
    },
  };
  const note =
    (level: string) =>
    (message: string, facts: unknown = {}): void =>
      void logged.push({ level, message, facts });
  const ledger: Ledger = ledgerOn(items);
  if (isMigrated)
    for (const { name: mart, tables_hash: version } of Object.values(simulatedCatalog.marts))
      void items.put({
        ...{ pk: `MIGRATION#${mart}`, sk: 'MIGRATION', mart, version, state: 'applied', seq: 1, rev: 1 },
        ...{ opened_at: '2024-06-25T00:00:00Z', closed_at: '2024-06-25T00:00:00Z' },
      });
  const ports = {
    files: lake.files as Files,
    ledger,
    jobs: engine.jobs as Jobs,
    warehouse: simulated.warehouse as Warehouse,
    optimisers: { keep: async (table: string) => void optimised.push(table) },
    queries: simulated.tables.queries as Queries,
    kpis: kpis as Kpis,
    events,
    functions,
    clock,
    log: { follow: () => {}, info: note('info'), error: note('error') },
    isTransient: (error: unknown) => error instanceof Throttled,
    catalog: simulatedCatalog,
    batchWindow: 1_000,
    name: 'app',
    silver: 'silver',
    bucket: 'lake',
    interval: 0,
  };
  return {
    ports,
    lake,
    engine,
    statements: simulated,
    announced,
    invoked,
    optimised,
    logged,
    kpiItems,
    /** What was announced since the last look. */
    news: () => announced.splice(0),
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    /** Ends whatever the jobs run, well. */
    endRuns: () => {
      for (const run of engine.running()) engine.end(run, true);
    },
    endStatements: () => {
      for (const statement of simulated.running()) simulated.end(statement, true);
    },
  };
};

/** Reads a record that must be there. */
export const fileIn = async ({ ports }: Stage, file: FileVersion): Promise<StoredFile> => {
  const record = await ports.ledger.files.find(file);
  if (!record) throw new Error(`no record of ${file.key}`);
  return record as StoredFile;
};

export const batchIn = async ({ ports }: Stage, id: string): Promise<StoredBatch> => {
  const record = await ports.ledger.batches.find(id);
  if (!record) throw new Error(`no record of ${id}`);
  return record as StoredBatch;
};

/** Takes a file through allowed states. */
export const bring = async (stage: Stage, file: FileVersion, ...states: FileState[]): Promise<StoredFile> => {
  let record = await fileIn(stage, file);
  for (const state of states) {
    const moved = await stage.ports.ledger.files.move(record, state, {} as never);
    if (!moved) throw new Error(`${file.key} does not move to ${state}`);
    record = moved as StoredFile;
  }
  return record;
};
