import { writeProject } from '../deploy/project.ts';

/** A bank whose fact and KPIs read dimensions in every way that the check accepts. */

const lineage = ['landed_file varchar(1024)', 'landed_version varchar(1024)', 'landed_at timestamp'];
const fieldTypes: Readonly<Record<string, string>> = { bigint: 'int', date: 'date' };

const select = (columns: readonly string[], from: string): string => {
  const casts = columns.map((column) => {
    const [name = '', type] = column.split(' ');
    return `cast(${name} as ${type}) as ${name}`;
  });
  return `select ${casts.join(', ')} from ${from}\n`;
};

const nameOf = (column: string): string => column.split(' ')[0] ?? '';

/** What a data owner writes of a dataset, and its staging. */
const dataset = (name: string, columns: readonly string[]): Record<string, string> => {
  const fields = columns.map((column) => {
    const [field = '', type = ''] = column.split(' ');
    return [
      field,
      { type: fieldTypes[type] ?? 'string', required: true, ...(!fieldTypes[type] && { max_length: 64 }) },
    ];
  });
  const schema = { extension: '.csv', name_pattern: `${name}.csv`, fields: Object.fromEntries(fields) };
  const manifest = { version: '1.0', directory: `data/${name}/`, schema };
  const key = `{{ config(meta={'key': ['${nameOf(columns[0] ?? '')}']}) }}`;
  return {
    [`rules/${name}/manifest.json`]: JSON.stringify(manifest),
    [`rules/${name}/quality.dqdl`]: 'Rules = [ RowCount > 0 ]\n',
    [`sql/silver/${name}.sql`]: `${key}\n${select([...columns, ...lineage, 'batch_id varchar(128)'], `{{ source('landed', '${name}') }}`)}`,
    [`sql/staging/stg_${name}.sql`]: select([...columns, ...lineage], `{{ source('silver', '${name}') }}`),
  };
};

const dimension = (name: string, columns: readonly string[]): Record<string, string> => {
  const [key = ''] = columns.map(nameOf);
  return {
    [`sql/marts/dim_${name}.sql`]: `{{ config(materialized='table', meta={'key': ['${key}'], 'mart': 'banking'}) }}
with ranked as (
  select ${columns.map(nameOf).join(', ')}, row_number() over (partition by ${key} order by landed_at desc, landed_file desc) as recency
  from {{ ref('stg_${name}') }}
)
${select(columns, 'ranked')}where recency = 1
`,
  };
};

/** A KPI for each value of the fact's column: `value` is an expression over `facts`, which `from` may join. */
const kpi = (
  name: string,
  { by, value, from = '', before = '' }: { by: string; value: string; from?: string; before?: string },
): Record<string, string> => ({
  [`sql/kpis/kpi_${name}.sql`]: `{{ config(meta={'key': ['${by}'], 'partition': '${by}', 'kpi': [{'pk': '${name}#{${by}}', 'sk': 'CURRENT', 'publish': 'series'}]}) }}
with facts as (
  select account_id, partner_id, customer_id, branch, booked_on, amount
  from {{ ref('fact_bookings') }}
  {{ where_affected('fact_bookings', '${by}') }}
)${before}
select cast(facts.${by} as ${by === 'booked_on' ? 'date' : 'bigint'}) as ${by}, cast(${value} as varchar(256)) as value
from facts ${from}
group by facts.${by}
`,
});

const accounts = ['account_id bigint', 'customer_id bigint', 'branch varchar(64)', 'opening bigint'];
const bookings = [
  'booking_id bigint',
  'account_id bigint',
  'partner_id bigint',
  'booked_on date',
  'amount bigint',
];
const opened = `(select customer_id, sum(opening) as opening from {{ ref('dim_accounts') }} group by customer_id) as opened`;

const files: Readonly<Record<string, string>> = {
  ...dataset('accounts', accounts),
  ...dataset('customers', ['customer_id bigint', 'title varchar(64)']),
  ...dataset('bookings', bookings),
  ...dimension('accounts', accounts),
  ...dimension('customers', ['customer_id bigint', 'title varchar(64)']),
  'sql/views/rich_accounts.sql': `{{ config(materialized='view', meta={'mart': 'banking'}) }}
select cast(account_id as bigint) as account_id, cast(opening as bigint) as opening
from {{ ref('dim_accounts') }}
where opening > 1
`,
  'sql/marts/fact_bookings.sql': `{{ config(materialized='incremental', unique_key=['booking_id', 'booked_on'], meta={'key': ['booking_id', 'booked_on'], 'partition': 'booked_on', 'mart': 'banking'}) }}
with ranked as (
  select booking_id, account_id, partner_id, booked_on, amount, landed_file,
    row_number() over (partition by booking_id, booked_on order by landed_at, landed_file, landed_version) as arrival
  from {{ ref('stg_bookings') }}
  {{ where_affected('fact_bookings', 'booked_on') }}
)
select
  cast(ranked.booking_id as bigint) as booking_id,
  cast(ranked.account_id as bigint) as account_id,
  cast(ranked.partner_id as bigint) as partner_id,
  cast(coalesce(own.customer_id, 0) as bigint) as customer_id,
  cast(coalesce(own.branch, 'unknown') as varchar(64)) as branch,
  cast(ranked.booked_on as date) as booked_on,
  cast(ranked.amount as bigint) as amount,
  cast(ranked.landed_file as varchar(1024)) as landed_file
from ranked
left join {{ ref('dim_accounts') }} as own on own.account_id = ranked.account_id
where arrival = 1
`,
};

/** KPIs that read a dimension in one way each. */
export const kpis: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  openings: kpi('openings', {
    by: 'customer_id',
    value: 'max(opened.opening)',
    from: `left join ${opened} on opened.customer_id = facts.customer_id`,
  }),
  titles: kpi('titles', {
    by: 'customer_id',
    value: `max(customers.title)`,
    from: `left join {{ ref('dim_customers') }} as customers on customers.customer_id = facts.customer_id`,
  }),
  shares: kpi('shares', {
    by: 'booked_on',
    value: `cast(count(distinct facts.account_id) as varchar(20)) || ' of ' || cast(max(everyone.members) as varchar(20))`,
    from: `cross join (select count(*) as members from {{ ref('dim_accounts') }}) as everyone`,
  }),
  rich: kpi('rich', {
    by: 'booked_on',
    value: 'sum(rich.opening)',
    from: `inner join {{ ref('rich_accounts') }} as rich on rich.account_id = facts.account_id`,
  }),
  listed: kpi('listed', {
    by: 'customer_id',
    value: 'count(listed.account_id)',
    from: `left join {{ ref('stg_accounts') }} as listed on listed.customer_id = facts.customer_id`,
  }),
  known: kpi('known', {
    by: 'account_id',
    value: `max(case when facts.partner_id in (select account_id from {{ ref('dim_accounts') }}) then 1 else 0 end)`,
  }),
  branches: kpi('branches', {
    by: 'account_id',
    value: 'max(own.branch)',
    from: `inner join {{ ref('dim_accounts') }} as own on own.account_id = facts.account_id`,
  }),
  periods: kpi('periods', {
    by: 'booked_on',
    value: 'max(own.branch)',
    from: `left join {{ ref('dim_accounts') }} as own on own.account_id = facts.account_id and facts.amount >= own.opening and facts.amount < own.opening + 3`,
  }),
  partners: kpi('partners', {
    by: 'booked_on',
    value: 'max(partners.branch)',
    from: `left join {{ ref('dim_accounts') }} as partners on partners.account_id = facts.partner_id`,
  }),
  ranks: kpi('ranks', {
    by: 'account_id',
    value: 'max(ranked.place)',
    before: `,
ranked as (
  select account_id, row_number() over (order by opening desc, account_id) as place
  from {{ ref('dim_accounts') }}
)`,
    from: 'left join ranked on ranked.account_id = facts.account_id',
  }),
};

/** Writes the project with some of its KPIs, and files besides, into a temporary folder. */
export const joinedBank = (
  names: readonly string[],
  added: Readonly<Record<string, string>> = {},
): Promise<string> => writeProject(Object.assign({}, files, ...names.map((name) => kpis[name]), added));

/** So many dimensions besides that the bank is rebuilt by several transactions. */
export const manyDimensions: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 7 }, (_, number) => [
    `sql/marts/dim_more_${number}.sql`,
    `{{ config(materialized='table', meta={'key': ['account_id']}) }}
select distinct cast(account_id as bigint) as account_id from {{ ref('stg_accounts') }}
`,
  ]),
);
