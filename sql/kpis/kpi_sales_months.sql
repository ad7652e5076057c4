-- one row per month, with its totals; money in USD
{{ config(meta={
  'key': ['sales_month'],
  'partition': 'sales_month',
  'kpi': [{
    'pk': 'SALES#{sales_month}',
    'sk': 'CURRENT',
    'publish': 'pointer',
    'omit': ['sales_month']
  }]
}) }}

with months as (
  select sales_month
  from {{ spine('fact_session', 'sales_month') }}
),

totals as (
  select
    sales_month,
    count(*) as purchases,
    count(distinct session_id) as sessions,
    count(distinct user_id) as users,
    sum(price) as total_sales
  from {{ ref('fact_session') }}
  {{ where_affected('fact_session', 'sales_month') }}
  group by sales_month
),

final as (
  select
    cast(months.sales_month as varchar(7)) as sales_month,
    cast('USD' as varchar(3)) as currency,
    cast(coalesce(totals.purchases, 0) as bigint) as purchases,
    cast(coalesce(totals.sessions, 0) as bigint) as sessions,
    cast(coalesce(totals.users, 0) as bigint) as users,
    cast(coalesce(totals.total_sales, 0) as decimal(38, 2)) as total_sales
  from months
  left join totals on totals.sales_month = months.sales_month
)

select * from final
