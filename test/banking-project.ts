const lineage = `
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at`;

/** A bank's transactions: what a data owner and an analyst write, and nothing else. */
export const transactions: Readonly<Record<string, string>> = {
  'rules/transactions/manifest.json': `${JSON.stringify(
    {
      version: '1.0',
      directory: 'data/transactions/',
      purpose: 'What was booked on the accounts of a bank.',
      schema: {
        extension: '.csv',
        name_pattern: 'transactions_[0-9]{8}\\.csv',
        delimiter: ';',
        fields: {
          transaction_id: { type: 'string', required: true, max_length: 16, pattern: 'T[0-9]{6}' },
          account: { type: 'string', required: true, max_length: 64, pii: true },
          amount: { type: 'decimal(12,2)', required: true },
          currency: { type: 'string', required: true, length: 3, one_of: ['EUR', 'USD'] },
          booked_at: { type: 'timestamp', required: true },
          note: { type: 'string', max_length: 1024 },
        },
      },
    },
    null,
    2,
  )}\n`,
  'rules/transactions/quality.dqdl':
    'Rules = [\n  RowCount > 0,\n  IsPrimaryKey "transaction_id",\n  IsComplete "account",\n  ColumnValues "amount" between -100000 and 100000\n]\n',
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

/** The same with a KPI and a check. */
export const banking: Readonly<Record<string, string>> = {
  ...transactions,
  'sql/kpis/kpi_booking_days.sql': `-- one row per day and currency: what was booked
{{ config(meta={
  'key': ['booked_on', 'currency'],
  'partition': 'booked_on',
  'kpi': [{
    'pk': 'BOOKED#{booked_on}',
    'sk': '{currency}',
    'publish': 'series',
    'omit': ['booked_on']
  }]
}) }}

with totals as (
  select booked_on, currency, count(*) as bookings, sum(amount) as amount
  from {{ ref('fact_transactions') }}
  {{ where_affected('fact_transactions', 'booked_on') }}
  group by booked_on, currency
),

final as (
  select
    cast(booked_on as date) as booked_on,
    cast(currency as varchar(3)) as currency,
    cast(bookings as bigint) as bookings,
    cast(amount as decimal(18, 2)) as amount
  from totals
)

select * from final
`,
  'sql/checks/fact_transactions_amounts.sql': `-- one row per transaction of nothing
{{ config(severity='error') }}

with transactions as (
  select transaction_id, amount
  from {{ ref('fact_transactions') }}
  {{ where_affected('fact_transactions', 'booked_on') }}
),

final as (
  select
    cast(transaction_id as varchar(1024)) as subject,
    cast('books ' || cast(amount as varchar(20)) as varchar(4096)) as detail
  from transactions
  where amount = 0
)

select * from final
`,
};

/** The accounts of the bank, as a dimension. */
export const accounts: Readonly<Record<string, string>> = {
  'rules/accounts/manifest.json': JSON.stringify({
    version: '1.0',
    directory: 'data/accounts/',
    schema: {
      extension: '.csv',
      name_pattern: 'accounts.csv',
      fields: { account: { type: 'string', required: true, max_length: 64, pii: true } },
    },
  }),
  'rules/accounts/quality.dqdl': 'Rules = [ IsPrimaryKey "account" ]\n',
  'sql/silver/accounts.sql': `-- one row per landed account
{{ config(meta={'key': ['account']}) }}

select
  cast(account as varchar(64)) as account,${lineage},
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'accounts') }}
`,
  'sql/staging/stg_accounts.sql': `-- one row per published account
{{ config(materialized='ephemeral') }}

select
  cast(account as varchar(64)) as account,
  cast(landed_at as timestamp) as landed_at
from {{ source('silver', 'accounts') }}
`,
  'sql/marts/dim_accounts.sql': `-- one row per account
{{ config(materialized='table', meta={'key': ['account'], 'mart': 'banking'}) }}

with final as (
  select distinct cast(account as varchar(64)) as account
  from {{ ref('stg_accounts') }}
)

select * from final
`,
};
