import { literal } from '../../values/index.ts';
import type { WarehouseTarget } from '../rebuild/engine.ts';

/** A statement; `alone` if the warehouse may not run it in a transaction with others. */
export type Step = string | { readonly alone: string };

/** How the two warehouses define what they hold, and say what they hold already. */
export type Definitions = {
  /** Selects `table_name` and `column_name` of every column of gold. */
  readonly findColumns: string;
  /** Selects `role_name` of every database role; undefined if the warehouse has no roles. */
  readonly findRoles: string | undefined;
  /** Before everything else; `roles` exist already. */
  readonly schemas: (roles: readonly string[]) => string[];
  /** Connects the schema `silver` with a database of the Glue catalog. */
  readonly connectSilver: (database: string) => Step[];
  /**
   * Defines a view in place of an older one. If it is stored, the warehouse keeps its rows and refreshes them by itself;
   * `wasStored` is undefined if none is known.
   */
  readonly defineView: (view: string, select: string, isStored: boolean, wasStored?: boolean) => Step[];
  /** What rebuilds and readers may do with the tables and views of a mart. */
  readonly grants: (tables: readonly string[], views: readonly string[]) => string[];
};

/** The definitions of a target. */
export const definitionsFor = (target: WarehouseTarget): Definitions =>
  target === 'duckdb' ? duckdb : redshift;

/** Database roles: of rebuilds, which change gold, and of people and apps, which read. */
export const databaseRoles = { rebuild: 'soundcheck_rebuild', reader: 'soundcheck_reader' } as const;

const createSchema = 'create schema if not exists gold';

const duckdb: Definitions = {
  findColumns: `select table_name, column_name from information_schema.columns where table_schema = 'gold'`,
  findRoles: undefined,
  schemas: () => [createSchema],
  connectSilver: () => [],
  defineView: (view, select) => [`create or replace view ${view} as\n${select}`],
  grants: () => [],
};

const redshift: Definitions = {
  findColumns: `select table_name, column_name from svv_columns where table_schema = 'gold'`,
  findRoles: 'select role_name from svv_roles',
  schemas: (roles) => [
    createSchema,
    // Redshift has no "if not exists" for roles.
    ...Object.values(databaseRoles)
      .filter((role) => !roles.includes(role))
      .map((role) => `create role ${role}`),
  ],
  connectSilver: (database) => [
    {
      alone: `create external schema if not exists silver from data catalog database ${literal(database)} iam_role default`,
    },
  ],
  defineView: (view, select, isStored, wasStored) => {
    if (!isStored)
      return [
        ...(wasStored ? [{ alone: `drop materialized view if exists ${view}` }] : []),
        `create or replace view ${view} as\n${select}\nwith no schema binding`,
      ];
    return [
      wasStored === false
        ? `drop view if exists ${view}`
        : { alone: `drop materialized view if exists ${view}` },
      { alone: `create materialized view ${view} auto refresh yes as\n${select}` },
    ];
  },
  grants: (tables, views) => [
    // Redshift grants no permissions on single external tables: their schema stands for all of them.
    ...Object.values(databaseRoles).flatMap((role) =>
      ['gold', 'silver'].map((schema) => `grant usage on schema ${schema} to role ${role}`),
    ),
    `grant select, insert, update, delete on ${tables.join(', ')} to role ${databaseRoles.rebuild}`,
    // The checks of a rebuild read views.
    ...(views.length > 0 ? [`grant select on ${views.join(', ')} to role ${databaseRoles.rebuild}`] : []),
    `grant select on ${[...tables, ...views].join(', ')} to role ${databaseRoles.reader}`,
  ],
};
