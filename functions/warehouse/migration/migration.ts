import { PipelineError } from '../../values/index.ts';
import type { Dimension, Fact, Mart, View } from '../model.ts';
import type { WarehouseTarget } from '../rebuild/engine.ts';
import { goldTable, literal, modelsOf, rowsOfView, withRelations } from '../rebuild/plan.ts';
import { bookkeeping } from './bookkeeping.ts';
import { type Definitions, definitionsFor, type Step } from './definitions.ts';
import type { MigrationSpec } from './migration-spec.ts';
import { inTransactions } from './transactions.ts';

/**
 * A migration gives gold the tables, columns, views and permissions of a mart's deployed models, once for each version of
 * them. It only adds: a removed column stays in its table and is NULL in new rows.
 */

/** A column whose type differs from that of its table. */
export class ChangedColumnType extends PipelineError {
  override readonly name = 'ChangedColumnType';

  constructor(
    readonly model: string,
    readonly column: string,
    readonly from: string,
    readonly to: string,
  ) {
    super(`${model}.${column} was ${from} and became ${to}: give the changed column a new name`);
  }
}

/** What the warehouse holds already. */
export type Found = {
  /** Columns of each table and view of gold. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  readonly roles: readonly string[];
};

/** One migration of one mart. */
export type MigrationRun = {
  readonly migration: string;
  /** Grows with each migration of the mart. */
  readonly seq: number;
  readonly target: WarehouseTarget;
  /** Database of the Glue catalog that holds silver. */
  readonly silver: string;
  readonly found: Found;
  /** What the last applied migration of the mart left; absent if there was none. */
  readonly previous?: MigrationSpec['applied'] | undefined;
};

type Migration = MigrationRun & { readonly mart: Mart; readonly definitions: Definitions };

/**
 * The transactions that change gold from what was found to what the models say. Repeating all of them changes nothing, and a newer
 * migration cannot be undone by an older one that is late. Throws `ChangedColumnType` and `UnsafeValue`.
 */
export const composeMigration = (mart: Mart, run: MigrationRun): MigrationSpec => {
  const migration = { ...run, mart, definitions: definitionsFor(run.target) };
  const { definitions, found, previous } = migration;
  const tables = tablesOf(mart);
  const views = modelsOf({ mart }, 'view');
  const setUp = [...definitions.schemas(found.roles), ...createBookkeeping(migration), makeFence(mart)];
  const granted = definitions.grants(
    [...tables.map(goldTable), ...Object.keys(bookkeeping).map((name) => `gold.${name}`)],
    views.map(goldTable),
  );
  return {
    migration: run.migration,
    mart: mart.name,
    seq: run.seq,
    version: mart.tables_hash,
    transactions: inTransactions(migration, setUp, [
      ...definitions.connectSilver(run.silver),
      ...tables.flatMap((table) => defineTable(migration, table)),
      ...forgetTexts(migration, tables),
      ...views.flatMap((view) => defineView(migration, view)),
      ...granted,
    ]),
    applied: {
      tables: {
        ...previous?.tables,
        ...Object.fromEntries(tables.map((table) => [table.name, columnsAfter(migration, table)])),
      },
      views: Object.fromEntries(
        views.map(({ name, hash, stored: is_stored = false }) => [name, { hash, is_stored }]),
      ),
    },
  };
};

type Table = Dimension | Fact;

const tablesOf = (mart: Mart): Table[] => [...modelsOf({ mart }, 'dimension'), ...modelsOf({ mart }, 'fact')];

const createBookkeeping = ({ found }: Migration): string[] =>
  Object.entries(bookkeeping)
    .filter(([name]) => !found.tables[name])
    .map(([name, columns]) => `create table if not exists gold.${name} (${columns})`);

/** Rebuilds of the mart raise it. */
const makeFence = ({ name }: Mart): string => `insert into gold.fence (mart, seq, rebuild)
select ${literal(name)}, -1, '' where not exists (select 1 from gold.fence where mart = ${literal(name)})`;

/** A new table, or the columns that a table lacks. */
const defineTable = ({ found, previous }: Migration, table: Table): string[] => {
  const name = goldTable(table);
  const known = previous?.tables[table.name] ?? [];
  for (const column of table.columns) {
    const held = known.find((one) => one.name === column.name);
    if (held && held.type !== column.type)
      throw new ChangedColumnType(table.name, column.name, held.type, column.type);
  }
  const there = found.tables[table.name];
  const definitions = table.columns
    .filter((column) => !there?.includes(column.name))
    .map((column) => `${column.name} ${column.type}`);
  if (!there) return [`create table if not exists ${name} (${definitions.join(', ')})`];
  return definitions.map((definition) => `alter table ${name} add column ${definition}`);
};

/** A table that is new, or was dropped, is empty: the next rebuild computes it from scratch, whatever was applied before. */
const forgetTexts = ({ mart, found }: Migration, tables: readonly Table[]): string[] => {
  const names = tables.filter(({ name }) => !found.tables[name]).map(({ name }) => literal(name));
  return names.length === 0
    ? []
    : [
        `delete from gold.applied_inputs where mart = ${literal(mart.name)} and origin = 'model' and name in (${names.join(', ')})`,
      ];
};

/** A plain view is defined each time, because what it reads may have new columns; a stored one only if its text is new or it was dropped. */
const defineView = ({ definitions, found, previous }: Migration, view: View): Step[] => {
  const { name, hash, stored = false } = view;
  const held = previous?.views[name];
  if (stored && held?.is_stored && held.hash === hash && found.tables[name]) return [];
  const { sql, relations } = rowsOfView(view);
  return definitions.defineView(
    goldTable(view),
    `${withRelations(relations)}${sql}`,
    stored,
    held?.is_stored,
  );
};

const columnsAfter = ({ previous }: Migration, { name, columns }: Table): Table['columns'] => [
  ...columns,
  ...(previous?.tables[name] ?? []).filter((held) => !columns.some((now) => now.name === held.name)),
];

/** All that a first migration of a mart sends: if this text has changed, the mart needs another migration. */
export const definitionsOf = (mart: Mart, target: WarehouseTarget): string => {
  const found = { tables: {}, roles: [] };
  const run = { migration: '', seq: 1, target, silver: 'silver', found };
  return JSON.stringify(composeMigration({ ...mart, tables_hash: '' }, run).transactions);
};
