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
import { type MigrationIn, type MigrationRecord, migrationId } from '../../records/migration.ts';
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

/** True if the tables and views of the mart's deployed models exist. */
export const isMigrated = async (
  { migrations }: Pick<Ledger, 'migrations'>,
  mart: Mart,
): Promise<boolean> => {
  const last = await migrations.find(mart.name);
  return last?.state === 'applied' && last.version === mart.tables_hash;
};

const statementName = (name: string, migration: string, step: number): string =>
  `${name}-migrate-${migration}-${step}`;

/** The mart of a migration's statement; undefined for other statements. */
export const martOfMigration = (name: string): string | undefined => /-migrate-(.*)-\d+-\d+$/.exec(name)?.[1];

/**
 * Continues a migration as far as the warehouse allows now: `applied` or `failed` at its end, `sent` while a statement runs;
 * undefined if another process has changed its record.
 */
export const continueMigration = async (
  ports: Ports,
  mart: Mart,
  migration: MigrationIn<'open' | 'sent'>,
): Promise<MigrationRecord | undefined> => {
  const spec = await readOrWriteSpec(ports, mart, migration);
  if (!('transactions' in spec)) return fail(ports, migration, { failure: 'models', error: spec.message });
  let record: MigrationIn<'open' | 'sent'> | undefined = migration;
  while (record) {
    const sent: Statement | 'none' | undefined = await statementOf(ports, record);
    if (sent === undefined || (sent !== 'none' && sent.state === 'running')) return record;
    if (sent !== 'none' && sent.state !== 'finished')
      return fail(ports, record, {
        failure: sent.state === 'lost' ? 'lost' : 'sql',
        error: sent.error ?? 'the warehouse gives no reason',
      });
    const step = record.state === 'sent' ? record.step + 1 : 0;
    if (step === spec.transactions.length)
      return ports.ledger.migrations.move(record, 'applied', {
        version: spec.version,
        closed_at: ports.clock.now(),
        losses: undefined,
      });
    record = await sendStep(ports, record, spec, step);
  }
  return undefined;
};

/** The statement that was sent last; undefined while the warehouse may still get to know it. */
const statementOf = async (
  { warehouse, clock }: Ports,
  migration: MigrationIn<'open' | 'sent'>,
): Promise<Statement | 'none' | undefined> => {
  if (migration.state === 'open') return 'none';
  const known = await warehouse.statement(migration.statement_id);
  if (known || !isOver(migration.sent_at, patience, clock.now())) return known;
  return {
    id: migration.statement_id,
    state: 'lost',
    error: 'the warehouse does not know its statement any more',
  };
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

const fail = (
  { ledger, clock }: Ports,
  migration: MigrationRecord,
  { failure, error }: { readonly failure: MigrationIn<'failed'>['failure']; readonly error: string },
): Promise<MigrationIn<'failed'> | undefined> =>
  ledger.migrations.move(migration, 'failed', {
    failure,
    reason: error,
    closed_at: clock.now(),
    losses: failure === 'lost' ? (migration.losses ?? 0) + 1 : undefined,
  });
