-- one row per month, year and country of the users at the time of the sale, with the sum of the prices paid (USD)
{{ config(materialized='view', meta={'mart': 'shop'}) }}

with totals as (
  select
    extract(year from sales.date_key) as year, extract(month from sales.date_key) as month,
    coalesce(users.country_code, 'unknown') as country_code, sum(sales.price) as total_sales
  from {{ ref('fact_session') }} as sales
  inner join {{ ref('dim_users') }} as users on users.user_key = sales.user_key
  group by
    extract(year from sales.date_key), extract(month from sales.date_key), coalesce(users.country_code, 'unknown')
),

final as (
  select
    cast(country_code as varchar(7)) as country_code,
    cast(month as integer) as month,
    cast(year as integer) as year,
    cast(total_sales as decimal(38, 2)) as total_sales
  from totals
)

select * from final
