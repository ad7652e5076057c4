-- one row per month in which more than one sale in a hundred has a user that has not arrived
{{ config(severity='warn') }}

with totals as (
  select
    sales_month,
    count(*) as sales,
    sum(case when user_key = {{ unknown_key() }} then 1 else 0 end) as unknown
  from {{ ref('fact_session') }}
  {{ where_affected('fact_session', 'sales_month') }}
  group by sales_month
),

final as (
  select
    cast(sales_month as varchar(1024)) as subject,
    cast(
      cast(cast(unknown as bigint) as varchar(20)) || ' of ' || cast(sales as varchar(20)) || ' sales have an unknown user'
      as varchar(4096)
    ) as detail
  from totals
  where 100 * unknown > sales
)

select * from final
