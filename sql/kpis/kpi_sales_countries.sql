-- one row per month and country of the users at the time of the sale
{{ config(meta={
  'key': ['sales_month', 'country_code'],
  'partition': 'sales_month',
  'kpi': [{
    'pk': 'SALES#{sales_month}#{version}',
    'sk': 'COUNTRY#{country_code}',
    'publish': 'versioned',
    'omit': ['sales_month']
  }]
}) }}

with sales as (
  select sales_month, user_id, user_key, price
  from {{ ref('fact_session') }}
  {{ where_affected('fact_session', 'sales_month') }}
),

users as (
  select user_id, user_key, country_code
  from {{ ref('dim_users') }}
),

totals as (
  select
    sales.sales_month, coalesce(users.country_code, 'unknown') as country_code,
    count(*) as purchases, count(distinct sales.user_id) as users, sum(sales.price) as total_sales
  from sales
  left join users on users.user_id = sales.user_id and users.user_key = sales.user_key
  group by sales.sales_month, coalesce(users.country_code, 'unknown')
),

final as (
  select
    cast(sales_month as varchar(7)) as sales_month,
    cast(country_code as varchar(7)) as country_code,
    cast('USD' as varchar(3)) as currency,
    cast(purchases as bigint) as purchases,
    cast(users as bigint) as users,
    cast(total_sales as decimal(38, 2)) as total_sales
  from totals
)

select * from final
