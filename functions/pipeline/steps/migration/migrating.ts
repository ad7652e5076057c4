import {
  ChangedColumnType,
  composeMigration,
  definitionsFor,
  type Found,
  type Mart,
  MigrationSpec,
} from '../../../warehouse/index.ts';
import type { Catalog } from '../../catalog.ts';
import { runKey } from '../../lake-keys.ts';
import type { Clock, Files, Ledger, Queries, Statement, Warehouse } from '../../ports.ts';
import {
  type MigrationFailure,
  type MigrationIn,
  type MigrationRecord,
  migrationId,
} from '../../records/migration.ts';
import { isOver, patience } from '../../records/time.ts';

/** Sends the transactions of a migration one after another; a second caller gets the first one's statements. */

type Ports = {
  readonly files: Files;
  readonly ledger: Ledger;
  readonly warehouse: Warehouse;
  readonly queries: Queries;
  readonly clock: Clock;
  readonly catalog: Pick<Catalog, 'target'>;
  /** The stack's name, and the database of silver in the Glue catalog. */
  readonly name: string;
  readonly silver: string;
};

/** True if the tables and views of the mart's deployed models exist, as far as anybody knows. */
export const isMigrated = async (
  { migrations }: Pick<Ledger, 'migrations'>,
  mart: Mart,
): Promise<boolean> => {
  const last = await migrations.find(mart.name);
  return last?.state === 'applied' && last.version === mart.tables_hash && last.retry_asked_at === undefined;
};

/**
 * Requests another migration after one that has ended, also without new models: it creates what somebody dropped. Undefined if
 * its record has changed.
 */
export const askMigration = async (
  { ledger, clock }: { readonly ledger: Pick<Ledger, 'migrations'>; readonly clock: Clock },
  ended: MigrationIn<'applied' | 'failed'>,
): Promise<MigrationRecord | undefined> => {
  const retry_asked_at = clock.now();
  return ended.state === 'applied'
    ? ledger.migrations.move(ended, 'applied', { closed_at: ended.closed_at, retry_asked_at })
    : ledger.migrations.move(ended, 'failed', {
        ...{ closed_at: ended.closed_at, retry_asked_at },
        ...{ failure: ended.failure, reason: ended.reason },
      });
};

const statementName = (name: string, migration: string, step: number): string =>
  `${name}-migrate-${migration}-${step}`;

/** The mart of a migration's statement; undefined for other statements. */
export const martOfMigration = (name: string): string | undefined => /-migrate-(.*)-\d+-\d+$/.exec(name)?.[1];

/** How far a migration is. */
export type MigrationProgress =
  | { readonly state: 'running' }
  | { readonly state: 'applied'; readonly version: string }
  | { readonly state: 'failed'; readonly failure: MigrationFailure; readonly reason: string };

/** Continues a migration as far as the warehouse allows now, and says how far; its end is not yet recorded. */
export const continueMigration = async (
  ports: Ports,
  mart: Mart,
  migration: MigrationIn<'open' | 'sent'>,
): Promise<MigrationProgress> => {
  const spec = await readOrWriteSpec(ports, mart, migration);
  if (!('transactions' in spec)) return { state: 'failed', failure: 'models', reason: spec.message };
  let record: MigrationIn<'open' | 'sent'> | undefined = migration;
  while (record) {
    const { state, error: reason = 'the warehouse gives no reason' } = await sentBy(ports, record);
    if (state === 'running') break;
    if (state === 'lost') return { state: 'failed', failure: 'lost', reason };
    if (state === 'failed') return { state: 'failed', failure: 'sql', reason };
    const step = record.state === 'sent' ? record.step + 1 : 0;
    if (step === spec.transactions.length) return { state: 'applied', version: spec.version };
    record = await sendStep(ports, record, spec, step);
  }
  return { state: 'running' };
};

/** The statement that was sent last; before the first one is sent, nothing stands in the way of it. */
const sentBy = async (
  { warehouse, clock }: Ports,
  migration: MigrationIn<'open' | 'sent'>,
): Promise<Pick<Statement, 'state' | 'error'>> => {
  if (migration.state === 'open') return { state: 'finished' };
  const known = await warehouse.statement(migration.statement_id);
  if (known) return known;
  return isOver(migration.sent_at, patience, clock.now())
    ? { state: 'lost', error: 'the warehouse does not know its statement any more' }
    : { state: 'running' };
};

const sendStep = async (
  { ledger, warehouse, clock, name }: Ports,
  record: MigrationIn<'open' | 'sent'>,
  { migration, transactions }: MigrationSpec,
  step: number,
): Promise<MigrationIn<'sent'> | undefined> => {
  const own = statementName(name, migration, step);
  const known = await warehouse.find(own);
  const statement_id = known?.id ?? (await warehouse.send(own, own, transactions[step] ?? []));
  return ledger.migrations.move(record, 'sent', { step, statement_id, sent_at: clock.now() });
};

const readOrWriteSpec = async (
  ports: Ports,
  mart: Mart,
  migration: MigrationRecord,
): Promise<MigrationSpec | ChangedColumnType> => {
  const id = migrationId(migration);
  const written = await migrationSpec(ports.files, id);
  if (written) return written;
  const spec = await compose(ports, mart, migration);
  if (spec instanceof ChangedColumnType) return spec;
  await ports.files.writeOnce(runKey(id, 'migration', 'spec'), JSON.stringify(spec));
  return (await migrationSpec(ports.files, id)) ?? spec;
};

const compose = async (
  { files, queries, catalog, silver }: Ports,
  mart: Mart,
  migration: MigrationRecord,
): Promise<MigrationSpec | ChangedColumnType> => {
  const { seq, builds_on } = migration;
  const before =
    builds_on === undefined
      ? undefined
      : await migrationSpec(files, migrationId({ mart: mart.name, seq: builds_on }));
  const found = await findIn(queries, catalog.target);
  const run = {
    migration: migrationId(migration),
    seq,
    target: catalog.target,
    silver,
    found,
    previous: before?.applied,
  };
  try {
    return composeMigration(mart, run);
  } catch (error) {
    if (error instanceof ChangedColumnType) return error;
    throw error;
  }
};

const findIn = async (queries: Queries, target: Catalog['target']): Promise<Found> => {
  const { findColumns, findRoles } = definitionsFor(target);
  const tables: Record<string, string[]> = {};
  for (const [table, column] of (await queries.ask(findColumns)).rows)
    if (table && column) tables[table] = [...(tables[table] ?? []), column];
  const roles =
    findRoles === undefined ? [] : (await queries.ask(findRoles)).rows.flatMap(([role]) => role ?? []);
  return { tables, roles };
};

const migrationSpec = async (files: Files, migration: string): Promise<MigrationSpec | undefined> => {
  const text = await files.readText(runKey(migration, 'migration', 'spec'));
  return text === undefined ? undefined : MigrationSpec.parse(JSON.parse(text));
};
