import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import { literal, stringifyExactly } from '../../functions/values/index.ts';
import type { Database } from '../engines/index.ts';

type Item = Readonly<Record<string, unknown>>;
type Columns = Readonly<Record<string, 'varchar' | 'bigint' | 'timestamp'>>;

const moments = (...names: string[]): Columns => Object.fromEntries(names.map((name) => [name, 'timestamp']));
const numbers = (...names: string[]): Columns => Object.fromEntries(names.map((name) => [name, 'bigint']));
const texts = (...names: string[]): Columns => Object.fromEntries(names.map((name) => [name, 'varchar']));

/** The ledger's tables by the prefix of their items' keys; each also has `record`, the whole item as JSON. */
const tables: Readonly<Record<string, { readonly items: string; readonly columns: Columns }>> = {
  files: {
    items: 'FILE#',
    columns: {
      ...texts('dataset', 'key', 'version', 'state', 'reason', 'batch_id', 'duplicate_of'),
      ...numbers('number', 'size', 'records', 'rows', 'quarantined_rows', 'failed_runs'),
      ...moments('landed_at', 'accepted_at', 'published_at', 'rejected_at', 'superseded_at', 'archived_at'),
    },
  },
  batches: {
    items: 'BATCH#',
    columns: {
      ...texts('id', 'dataset', 'state', 'reason'),
      ...numbers('fence', 'files', 'rows'),
      ...moments('opened_at', 'closed_at'),
    },
  },
  rebuilds: {
    items: 'REBUILD#',
    columns: {
      ...texts('id', 'mart', 'state', 'reason'),
      ...numbers('seq'),
      ...moments('opened_at', 'sent_at', 'closed_at'),
    },
  },
  pulls: {
    items: 'PULLS#',
    columns: {
      ...texts('source', 'from', 'to', 'state', 'reason'),
      ...numbers('attempt', 'tries'),
      ...moments('asked_at', 'started_at', 'checked_at', 'retry_at'),
    },
  },
  leases: {
    items: 'LEASE#',
    columns: { ...texts('name', 'holder'), ...numbers('fence'), ...moments('taken_at') },
  },
};

/**
 * Shows the ledger to SQL on this machine as `ledger.files`, `ledger.batches`, `ledger.rebuilds`, `ledger.pulls` and
 * `ledger.leases`. They are copies in memory, renewed for each request that names one of them.
 */
export class LedgerTables {
  private readonly documents: DynamoDBDocumentClient;
  private readonly oneByOne = pLimit(1);

  constructor(
    private readonly instance: Database,
    private readonly table: string,
    endpoint: string,
    region: string,
  ) {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    this.documents = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials }));
  }

  /** Renews the tables if one of the texts names the ledger. */
  async refresh(sqls: readonly string[]): Promise<void> {
    if (sqls.some((sql) => /\bledger\b/i.test(sql))) await this.oneByOne(() => this.copy());
  }

  close(): void {
    this.documents.destroy();
  }

  private async copy(): Promise<void> {
    const items: Item[] = [];
    const scan = { TableName: this.table, ConsistentRead: true };
    for await (const page of paginateScan({ client: this.documents }, scan))
      items.push(...(page.Items ?? []));
    const connection = await this.instance.connect();
    try {
      await connection.run("attach if not exists ':memory:' as ledger");
      for (const [name, { items: prefix, columns }] of Object.entries(tables)) {
        const rows = items.filter(({ pk }) => String(pk).startsWith(prefix));
        await connection.run(creating(name, columns), { items: stringifyExactly(rows) });
      }
    } finally {
      connection.closeSync();
    }
  }
}

const creating = (table: string, columns: Columns): string => {
  const selected = Object.entries(columns).map(
    ([name, type]) => `cast(record->>${literal(name)} as ${type}) as "${name}"`,
  );
  return `create or replace table ledger.${table} as select ${selected.join(', ')}, record
    from (select unnest(from_json($items, '["JSON"]')) as record)`;
};
