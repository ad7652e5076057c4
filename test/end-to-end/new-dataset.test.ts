import { execFile } from 'node:child_process';
import { readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Laptop, startLaptop } from './laptop.ts';
import { projectWith } from './project.ts';
import { queryWarehouse } from './warehouse.ts';

const lineage = `
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at`;

/** A bank's transactions: what a data owner and an analyst write, and nothing else. */
const transactions: Readonly<Record<string, string>> = {
  'rules/transactions/manifest.json': JSON.stringify({
    version: '1.0',
    directory: 'data/transactions/',
    purpose: 'What was booked on the accounts of a bank.',
    schema: {
      extension: '.csv',
      name_pattern: 'transactions_[0-9]{8}\\.csv',
      delimiter: ';',
      fields: {
        transaction_id: { type: 'string', required: true, pattern: 'T[0-9]{6}' },
        account: { type: 'string', required: true, pii: true },
        amount: { type: 'decimal(12,2)', required: true },
        currency: { type: 'string', required: true, one_of: ['EUR', 'USD'] },
        booked_at: { type: 'timestamp', required: true },
        note: { type: 'string' },
      },
    },
  }),
  'rules/transactions/quality.dqdl':
    'Rules = [\n  RowCount > 0,\n  IsPrimaryKey "transaction_id",\n  ColumnValues "amount" between -100000 and 100000\n]\n',
  'sql/silver/transactions.sql': `-- one row per landed transaction
{{ config(meta={'key': ['transaction_id', 'booked_at'], 'order': ['booked_at']}) }}

select
  cast(transaction_id as varchar(16)) as transaction_id,
  cast(account as varchar(64)) as account,
  cast(currency as varchar(3)) as currency,
  cast(note as varchar(1024)) as note,
  cast(amount as decimal(12, 2)) as amount,
  cast(booked_at as timestamp) as booked_at,${lineage},
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'transactions') }}
`,
  'sql/staging/stg_transactions.sql': `-- one row per published transaction, with its day
{{ config(materialized='ephemeral') }}

select
  cast(transaction_id as varchar(16)) as transaction_id,
  cast(account as varchar(64)) as account,
  cast(currency as varchar(3)) as currency,
  cast(note as varchar(1024)) as note,
  cast(amount as decimal(12, 2)) as amount,
  cast(booked_at as timestamp) as booked_at,
  cast(booked_at as date) as booked_on,${lineage}
from {{ source('silver', 'transactions') }}
`,
  'sql/marts/fact_transactions.sql': `-- one row per transaction: of repeats the one that landed last
{{ config(materialized='incremental', unique_key=['transaction_id', 'booked_at'], meta={
  'key': ['transaction_id', 'booked_at'],
  'partition': 'booked_on',
  'mart': 'banking'
}) }}

with transactions as (
  select transaction_id, account, currency, note, amount, booked_at, booked_on, landed_file, landed_version, landed_at
  from {{ ref('stg_transactions') }}
  {{ where_affected('fact_transactions', 'booked_on') }}
),

ranked as (
  select
    transaction_id, account, currency, note, amount, booked_at, booked_on, landed_file,
    row_number() over (
      partition by transaction_id, booked_at order by landed_at desc, landed_file desc, landed_version desc
    ) as recency
  from transactions
),

final as (
  select
    cast(transaction_id as varchar(16)) as transaction_id,
    cast(account as varchar(64)) as account,
    cast(currency as varchar(3)) as currency,
    cast(note as varchar(1024)) as note,
    cast(landed_file as varchar(1024)) as landed_file,
    cast(amount as decimal(12, 2)) as amount,
    cast(booked_at as timestamp) as booked_at,
    cast(booked_on as date) as booked_on
  from ranked
  where recency = 1
)

select * from final
`,
};

const file = `transaction_id;account;amount;currency;booked_at;note
T000001;DE01;12.50;EUR;2026-01-30 09:00:00;"rent; January"
T000002;DE02;-3.10;EUR;2026-01-31 23:59:59;
T000003;US01;99999.99;USD;2026-02-01 00:00:00;"a ""gift"""
`;

let root: string;
let laptop: Laptop;
beforeAll(async () => {
  root = await projectWith(transactions);
  laptop = await startLaptop({ root });
});
afterAll(async () => {
  await laptop?.stop();
  await rm(root, { recursive: true, force: true });
});

describe('a fourth dataset from another domain', { timeout: 240_000 }, () => {
  test('is nothing but files in rules/ and sql/', async () => {
    for (const name of await readdir(root)) {
      if (name === 'rules' || name === 'sql') continue;
      expect(await realpath(join(root, name))).toBe(await realpath(join(process.cwd(), name)));
    }
    for (const folder of ['rules', 'sql']) {
      const compared = ['-rq', join(process.cwd(), folder), join(root, folder)];
      const { stdout } = await promisify(execFile)('diff', compared).catch((differs) => differs);
      const added = Object.keys(transactions).filter((path) => path.startsWith(`${folder}/`));
      expect(stdout).not.toContain('differ\n');
      expect(stdout.trim().split('\n')).toHaveLength(folder === 'rules' ? 1 : added.length);
    }
  });

  test('flows from landing to its gold table', async () => {
    await laptop.landManifest('transactions', root);
    const landed = await laptop.land('data/transactions/transactions_20260201.csv', file);
    const [record] = await laptop.atRest([landed], { mart: 'banking' });
    expect(record).toMatchObject({ state: 'published', rows: 3 });
    const columns = 'transaction_id, account, amount, currency, booked_on, note';
    expect(
      await queryWarehouse(`select ${columns} from gold.fact_transactions order by transaction_id`),
    ).toEqual([
      ['T000001', 'DE01', '12.50', 'EUR', '2026-01-30', 'rent; January'],
      ['T000002', 'DE02', '-3.10', 'EUR', '2026-01-31', 'true'],
      ['T000003', 'US01', '99999.99', 'USD', '2026-02-01', 'a "gift"'],
    ]);
    expect(await laptop.allKpis()).toEqual([]);
  });

  test('is gated by its rules and replaced by a corrected file', async () => {
    const key = 'data/transactions/transactions_20260202.csv';
    const again = file.replaceAll('T00000', 'T00001');
    const twice = await laptop.land(key, again.replace('T000012', 'T000011'));
    const [refused] = await laptop.atRest([twice], { mart: 'banking' });
    expect(refused).toMatchObject({ state: 'quarantined', reason: 'IsPrimaryKey "transaction_id"' });
    const corrected = await laptop.land(key, again);
    await laptop.atRest([corrected], { mart: 'banking' });
    expect(await queryWarehouse('select count(*), sum(amount) from gold.fact_transactions')).toEqual([
      ['6', '200018.78'],
    ]);
  });
});
