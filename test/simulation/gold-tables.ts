import type { Queries } from '../../functions/pipeline/ports.ts';
import { MigrationSpec } from '../../functions/warehouse/migration/migration-spec.ts';
import type { Lake } from './lake.ts';

/** The tables of gold in memory, as far as migrations define them and rebuilds name them. */

export type GoldTables = ReturnType<typeof newGoldTables>;

/** Tables are there from the beginning if no migration is played. */
export const newGoldTables = (lake: Lake, isComplete: boolean) => {
  const tables = new Map<string, string[]>();
  const sequences = new Map<string, number>();

  const queries: Queries = {
    ask: async () => ({
      columns: [],
      rows: [...tables].flatMap(([table, columns]) => columns.map((column) => [table, column])),
    }),
  };

  const define = (statement: string): void => {
    const [, table = '', defined = ''] =
      /^create table if not exists gold\.(\w+) \((.*)\)$/s.exec(statement) ?? [];
    if (table !== '' && !tables.has(table))
      tables.set(table, defined.split(/,\s*(?![^(]*\))/).map(firstWord));
    const [, widened = '', column = ''] = /^alter table gold\.(\w+) add column (\w+) /.exec(statement) ?? [];
    if (widened === '') return;
    const held = tables.get(widened);
    if (!held) throw new Error(`relation gold.${widened} does not exist`);
    if (held.includes(column)) throw new Error(`column ${column} of gold.${widened} already exists`);
    held.push(column);
  };

  /** Runs a transaction of a migration. */
  const migrate = (migration: string, step: number): void => {
    const spec = MigrationSpec.parse(
      JSON.parse(lake.newest(`runs/${migration}/migration.spec.json`)?.body ?? '{}'),
    );
    if ((sequences.get(spec.mart) ?? 0) > spec.seq) throw new Error('a newer migration has begun');
    sequences.set(spec.mart, spec.seq);
    for (const statement of spec.transactions[step] ?? []) define(statement);
  };

  /** Throws if statements name a table that does not exist. */
  const expectTables = (statements: readonly string[]): void => {
    if (isComplete) return;
    for (const statement of statements)
      for (const [, table = ''] of statement.matchAll(/\bgold\.(\w+)/g))
        if (!tables.has(table)) throw new Error(`relation gold.${table} does not exist`);
  };

  return { queries, migrate, expectTables, columnsOf: (table: string) => tables.get(table) ?? [] };
};

const firstWord = (definition: string): string => definition.trim().split(' ')[0] ?? '';
