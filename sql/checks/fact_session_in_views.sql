-- one row per view whose sum of prices differs from that of fact_session
{{ config(severity='error') }}

with sums as (
  select 'sales_per_artist_vw' as relation, sum(total_sales) as total
  from {{ ref('sales_per_artist_vw') }}
  union all
  select 'sales_per_country_vw', sum(total_sales)
  from {{ ref('sales_per_country_vw') }}
  union all
  select 'user_activity_vw', sum(total_spent)
  from {{ ref('user_activity_vw') }}
  union all
  select 'music_preference_vw', sum(total_sales)
  from {{ ref('music_preference_vw') }}
  union all
  select 'fact_order_items', sum(price)
  from {{ ref('fact_order_items') }}
),

sales as (
  select sum(price) as total
  from {{ ref('fact_session') }}
),

final as (
  select
    cast(sums.relation as varchar(1024)) as subject,
    cast(
      'its sum is ' || cast(cast(coalesce(sums.total, 0) as decimal(38, 2)) as varchar(40)) || ', that of fact_session '
      || cast(cast(coalesce(sales.total, 0) as decimal(38, 2)) as varchar(40)) as varchar(4096)
    ) as detail
  from sums
  cross join sales
  where coalesce(sums.total, 0) <> coalesce(sales.total, 0)
)

select * from final
