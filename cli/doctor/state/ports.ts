import type { Catalog, FileReader, Ledger, Rows } from '../../../functions/pipeline/index.ts';
import type { KpiItem } from '../../../functions/warehouse/index.ts';
import type { Examined } from '../../../local/cloud/index.ts';

/** What the comparison of a laptop cloud's state reads. None of it is changed. */
export type StatePorts = {
  /** The state folder. */
  readonly state: string;
  /** Something may change while it is read; then what differs is looked at again. */
  readonly isRunning: boolean;
  readonly files: Pick<FileReader, 'list'>;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  /** Reads the bytes of all objects, and of a running cloud all entries. */
  readonly objects: () => AsyncIterable<Examined>;
  /** Answers one SELECT on silver and gold. */
  readonly ask: (sql: string) => Promise<Rows>;
  /** All items of the KPI table. */
  readonly kpiItems: () => AsyncIterable<KpiItem>;
};

/** How much was compared. */
export type Compared = {
  readonly objects: number;
  readonly bytes: number;
  /** File versions of the ledger. */
  readonly files: number;
  /** Rows of silver. */
  readonly rows: number;
  readonly kpi_items: number;
};
