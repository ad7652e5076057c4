import type { Catalog } from '../../functions/pipeline/catalog.ts';
import { definitionsFor } from '../../functions/warehouse/migration/definitions.ts';
import { composeMigration, definitionsOf } from '../../functions/warehouse/migration/migration.ts';
import type { MigrationSpec } from '../../functions/warehouse/migration/migration-spec.ts';
import type { Mart } from '../../functions/warehouse/model.ts';

type Database = {
  readonly target: Catalog['target'];
  /** Rows of a select, each with its values in order of the columns. */
  readonly select: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly transact: (statements: readonly string[]) => Promise<void>;
};

/** Gives a warehouse the tables of a mart before it is rebuilt, as `migrate-tables` does: only if its definitions changed. */
export const migrator = ({ target, select, transact }: Database): ((mart: Mart) => Promise<void>) => {
  const applied = new Map<string, { definitions: string; seq: number; after: MigrationSpec['applied'] }>();
  return async (mart) => {
    const before = applied.get(mart.name);
    const definitions = definitionsOf(mart, target);
    if (before?.definitions === definitions) return;
    const { findColumns, findRoles } = definitionsFor(target);
    const tables: Record<string, string[]> = {};
    for (const { table_name, column_name } of await select(findColumns))
      tables[String(table_name)] = [...(tables[String(table_name)] ?? []), String(column_name)];
    const roles =
      findRoles === undefined ? [] : (await select(findRoles)).map((row) => String(row.role_name));
    const seq = (before?.seq ?? 0) + 1;
    const run = { migration: `${mart.name}-${seq}`, seq, target, silver: 'silver', previous: before?.after };
    const spec = composeMigration(mart, { ...run, found: { tables, roles } });
    for (const statements of spec.transactions) await transact(statements);
    applied.set(mart.name, { definitions, seq, after: spec.applied });
  };
};
