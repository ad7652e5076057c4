import { notedType, touchedColumns, touchedTable } from '../rebuild/touched.ts';

/**
 * The tables of gold in which migrations and rebuilds record what they have done: names, and their columns as SQL. Widths are in
 * bytes, as on Redshift: names, versions and keys of files are limited in bytes, and values of KPIs have `notedType`.
 */
export const bookkeeping: Readonly<Record<string, string>> = {
  migrations: 'mart varchar(128), seq bigint, version varchar(128)',
  fence: 'mart varchar(128) primary key, seq bigint, rebuild varchar(256)',
  applied_batches: 'mart varchar(128), batch_id varchar(256), rebuild varchar(256), seq bigint',
  applied_inputs:
    'mart varchar(128), origin varchar(256), name varchar(1024), version varchar(1024), batch_id varchar(256)',
  latest_items: `mart varchar(128), model varchar(128), item ${notedType}, seq bigint`,
  [touchedTable]: touchedColumns,
};

/** Names of these tables. */
export const bookkeepingTables: readonly string[] = Object.keys(bookkeeping);
