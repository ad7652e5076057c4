import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal, type SilverTable } from '../values/index.ts';
import { retryConflicts } from './conflicts.ts';
import { SpecMismatch } from './errors.ts';
import { openSession, type Session } from './session.ts';
import { list } from './sql-text.ts';

/** A dataset's silver table as SQL names it. */
export const silverName = (dataset: string): string => `silver.${identifier(dataset)}`;

/**
 * Creates a dataset's silver table and the tables of published batches, or updates an older table: a new column is added (NULL
 * in old rows), a changed type is converted, a removed column stays and gets NULL from now on.
 */
export const createSilver = (
  connection: DuckDBConnection,
  dataset: string,
  table: SilverTable,
): Promise<void> =>
  retryConflicts(async () => {
    const session = openSession(connection);
    await session.run('create schema if not exists silver');
    await createRecords(session);
    await session.run(
      `create table if not exists ${silverName(dataset)} ${list(table.columns.map(definition))}`,
    );
    await evolve(session, dataset, table);
    await session.run(
      `insert into silver.publish_fences values (${literal(dataset)}, 0) on conflict do nothing`,
    );
  });

const definition = ({ name, type }: SilverTable['columns'][number]): string => `${identifier(name)} ${type}`;

/** `published_batches` has the published batches with their results; `publish_fences` makes two publishers conflict. */
const createRecords = async (session: Session): Promise<void> => {
  await session.run(
    'create table if not exists silver.published_batches (batch_id varchar primary key, dataset varchar not null, fence bigint not null, published_at timestamp not null, outcome varchar not null)',
  );
  await session.run(
    'create table if not exists silver.publish_fences (dataset varchar primary key, fence bigint not null)',
  );
};

const evolve = async (session: Session, dataset: string, { columns }: SilverTable): Promise<void> => {
  const types = new Map<string, string>();
  for (const { column_name, column_type } of await session.rows(`describe ${silverName(dataset)}`)) {
    types.set(String(column_name), String(column_type));
  }
  for (const { name, type } of columns) {
    const [wanted] = await session.rows(`select typeof(cast(null as ${type})) as type`);
    const change = !types.has(name)
      ? `add column ${definition({ name, type })}`
      : `alter column ${identifier(name)} set data type ${type}`;
    if (types.get(name) === wanted?.type) continue;
    try {
      await session.run(`alter table ${silverName(dataset)} ${change}`);
    } catch (cause) {
      if (!isConversion(cause)) throw cause;
      throw new SpecMismatch(
        `sql/silver/${dataset}.sql: ${name} was ${types.get(name)}, now it is ${type}, which published rows cannot take; give the column a new name, or set the type back`,
      );
    }
  }
};

const isConversion = (cause: unknown): boolean =>
  cause instanceof Error && /^(?:Conversion|Out of Range) Error/.test(cause.message);
