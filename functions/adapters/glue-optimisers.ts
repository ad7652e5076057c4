import {
  AlreadyExistsException,
  CreateTableOptimizerCommand,
  EntityNotFoundException,
  GetTableOptimizerCommand,
  GlueClient,
  type TableOptimizerConfiguration,
  type TableOptimizerType,
  UpdateTableOptimizerCommand,
} from '@aws-sdk/client-glue';
import type { Optimisers } from '../pipeline/index.ts';
import { bounded } from './bounded.ts';

/** Days that a snapshot stays: longer than a batch or a rebuild that reads it may take, with its retries. */
const snapshotDays = 7;
/** Days after which a file that no snapshot names is deleted: longer than any run writes before it commits. */
const orphanDays = 7;

const settingsOf = (
  runRateInHours: number,
): Readonly<Record<TableOptimizerType, Partial<TableOptimizerConfiguration>>> => ({
  // Every batch adds at least one file to each day that it has rows of.
  compaction: {
    compactionConfiguration: { icebergConfiguration: { strategy: 'binpack', minInputFiles: 20 } },
  },
  retention: {
    retentionConfiguration: {
      icebergConfiguration: {
        snapshotRetentionPeriodInDays: snapshotDays,
        numberOfSnapshotsToRetain: 1,
        cleanExpiredFiles: true,
        runRateInHours,
      },
    },
  },
  orphan_file_deletion: {
    orphanFileDeletionConfiguration: {
      icebergConfiguration: { orphanFileRetentionPeriodInDays: orphanDays, runRateInHours },
    },
  },
});

export type OptimisersOptions = {
  /** The account, whose catalog it is. */
  readonly account: string;
  /** Silver's database in the Glue catalog. */
  readonly database: string;
  /** ARN of the role under which Glue maintains the tables. */
  readonly role: string;
  /** Hours from one deletion of snapshots and orphans of a table to the next, 3 to 168: each run costs a minute at least. */
  readonly hours: number;
};

/** The optimisers of silver tables in the Glue catalog: Glue compacts files and deletes old snapshots and orphans by itself. */
export const glueOptimisers = ({ account, database, role, hours }: OptimisersOptions): Optimisers => {
  const client = new GlueClient(bounded);
  const settings = settingsOf(hours);
  const keepOne = async (TableName: string, Type: TableOptimizerType): Promise<void> => {
    const place = { CatalogId: account, DatabaseName: database, TableName, Type };
    const wanted = { roleArn: role, enabled: true, ...settings[Type] };
    const change = { ...place, TableOptimizerConfiguration: wanted };
    const found = await find(client, place);
    if (!found) return create(client, change);
    if (!isAs(wanted, found)) await client.send(new UpdateTableOptimizerCommand(change));
  };
  return {
    keep: async (table) => {
      for (const type of Object.keys(settings)) await keepOne(table, type as TableOptimizerType);
    },
  };
};

type Place = {
  readonly CatalogId: string;
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly Type: TableOptimizerType;
};

const find = async (client: GlueClient, place: Place): Promise<TableOptimizerConfiguration | undefined> => {
  try {
    const { TableOptimizer } = await client.send(new GetTableOptimizerCommand(place));
    return TableOptimizer?.configuration;
  } catch (error) {
    if (error instanceof EntityNotFoundException) return undefined;
    throw error;
  }
};

/** Another process may have created it meanwhile, with the same settings. */
const create = async (
  client: GlueClient,
  change: Place & { readonly TableOptimizerConfiguration: TableOptimizerConfiguration },
): Promise<void> => {
  try {
    await client.send(new CreateTableOptimizerCommand(change));
  } catch (error) {
    if (!(error instanceof AlreadyExistsException)) throw error;
  }
};

/** Glue may add settings of its own. */
const isAs = (wanted: unknown, found: unknown): boolean => {
  if (typeof wanted !== 'object' || wanted === null) return wanted === found;
  const there = (found ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).every(([name, value]) => isAs(value, there[name]));
};
