-- one row per year and name of an artist, with the sum of the prices paid (USD)
{{ config(materialized='view', meta={'mart': 'shop'}) }}

with totals as (
  select extract(year from sales.date_key) as year, artists.artist_name, sum(sales.price) as total_sales
  from {{ ref('fact_session') }} as sales
  inner join {{ ref('dim_artists') }} as artists on artists.artist_key = sales.artist_key
  group by extract(year from sales.date_key), artists.artist_name
),

final as (
  select
    cast(artist_name as varchar(4096)) as artist_name,
    cast(year as integer) as year,
    cast(total_sales as decimal(38, 2)) as total_sales
  from totals
)

select * from final
