import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import pLimit from 'p-limit';
import { openSession, type Session, silverName } from '../../../functions/engine/index.ts';
import { identifier, literal, type SilverTable } from '../../../functions/values/index.ts';
import type { Database } from '../duckdb/database.ts';
import { ChecksumFiles } from './checksum-files.ts';
import { currentMetadata } from './current-metadata.ts';

export type SilverViewsOptions = {
  /** A database with the iceberg extension. */
  readonly instance: Database;
  /** Holds a folder for each table. */
  readonly folder: string;
  readonly datasets: Readonly<Record<string, SilverTable>>;
};

/**
 * Views `silver.<dataset>` over the Iceberg tables of a folder. Each has the columns and types of the dataset's model: a column
 * that the table lacks is NULL, and a view without a table is empty.
 */
export class SilverViews {
  /** The metadata file that each view reads; absent before the view is made. */
  readonly #shown = new Map<string, string | undefined>();
  readonly #turn = pLimit(1);
  readonly #checksums = new ChecksumFiles();
  #datasets: SilverViewsOptions['datasets'];

  constructor(private readonly options: SilverViewsOptions) {
    this.#datasets = options.datasets;
  }

  /** Gives the views the columns and types of other models. */
  async deploy(datasets: SilverViewsOptions['datasets']): Promise<void> {
    await this.#turn(() => {
      this.#datasets = datasets;
      this.#shown.clear();
    });
    await this.refresh();
  }

  /**
   * Points the views at the current main. A later transaction sees this or something newer, the same in all its statements; a
   * running transaction still sees the old state. Throws `DamagedState` if files of a table that is shown again are damaged.
   */
  refresh(): Promise<void> {
    return this.#turn(async () => {
      const [datasets, { folder }] = [this.#datasets, this.options];
      const found = await Promise.all(
        Object.keys(datasets).map(async (dataset) => ({
          dataset,
          metadata: await currentMetadata(join(folder, dataset)),
        })),
      );
      const changed = found.filter(
        ({ dataset, metadata }) => !this.#shown.has(dataset) || this.#shown.get(dataset) !== metadata,
      );
      if (changed.length === 0) return;
      await this.#inTransaction(async (session) => {
        await session.run('create schema if not exists silver');
        for (const { dataset, metadata } of changed) await this.#show(session, dataset, metadata);
      });
      for (const { dataset, metadata } of changed) this.#shown.set(dataset, metadata);
    });
  }

  async #show(session: Session, dataset: string, metadata: string | undefined): Promise<void> {
    const { columns = [] } = this.#datasets[dataset] ?? {};
    if (metadata !== undefined) await this.#expectSound(session, metadata);
    const source = metadata === undefined ? undefined : `iceberg_scan(${literal(metadata)})`;
    const there = source === undefined ? new Set() : await columnsOf(session, source);
    const selected = columns.map(({ name, type }) => {
      const quoted = identifier(name);
      return `cast(${there.has(name) ? quoted : 'null'} as ${type}) as ${quoted}`;
    });
    const from = source === undefined ? 'where false' : `from ${source}`;
    await session.run(
      `create or replace view ${silverName(dataset)} as select ${selected.join(', ')} ${from}`,
    );
  }

  /** Compares the files that a table has now. What a killed process left beside them is not read. */
  async #expectSound(session: Session, metadata: string): Promise<void> {
    await this.#checksums.expectSound([metadata]);
    const named = await session
      .rows(`select manifest_path, file_path from iceberg_metadata(${literal(metadata)})`)
      .catch(async (error: unknown) => {
        const folder = dirname(metadata);
        const lists = (await readdir(folder)).filter(
          (name) => name.endsWith('.avro') && !name.startsWith('.'),
        );
        await this.#checksums.expectSound(lists.map((name) => join(folder, name)));
        throw error;
      });
    const paths = named.flatMap(({ manifest_path, file_path }) => [String(manifest_path), String(file_path)]);
    await this.#checksums.expectSound([...new Set(paths)]);
  }

  async #inTransaction(work: (session: Session) => Promise<void>): Promise<void> {
    const connection: DuckDBConnection = await this.options.instance.connect();
    const session = openSession(connection);
    try {
      await session.run('begin transaction');
      await work(session);
      await session.run('commit');
    } finally {
      connection.closeSync();
    }
  }
}

const columnsOf = async (session: Session, source: string): Promise<Set<unknown>> =>
  new Set((await session.rows(`describe from ${source}`)).map(({ column_name }) => column_name));
