-- one row per month and rank: the five artists with the highest sales, ties by id
{{ config(meta={
  'key': ['sales_month', 'rank'],
  'partition': 'sales_month',
  'kpi': [{
    'pk': 'SALES#{sales_month}#{version}',
    'sk': 'ARTIST#{rank}',
    'publish': 'versioned',
    'omit': ['sales_month']
  }]
}) }}

with sales as (
  select sales_month, artist_id, session_id, price
  from {{ ref('fact_session') }}
  {{ where_affected('fact_session', 'sales_month') }}
),

artists as (
  select artist_id, artist_name
  from {{ ref('dim_artists') }}
),

totals as (
  select
    sales.sales_month, coalesce(artists.artist_id, 'unknown') as artist_id,
    coalesce(artists.artist_name, 'unknown') as artist_name,
    count(*) as purchases, sum(sales.price) as total_sales
  from sales
  left join artists on artists.artist_id = sales.artist_id
  group by sales.sales_month, coalesce(artists.artist_id, 'unknown'), coalesce(artists.artist_name, 'unknown')
),

ranked as (
  select
    sales_month, artist_id, artist_name, purchases, total_sales,
    row_number() over (partition by sales_month order by total_sales desc, artist_id) as rank
  from totals
),

final as (
  select
    cast(sales_month as varchar(7)) as sales_month,
    cast(rank as integer) as rank,
    cast(artist_id as varchar(256)) as artist_id,
    cast(artist_name as varchar(4096)) as artist_name,
    cast('USD' as varchar(3)) as currency,
    cast(purchases as bigint) as purchases,
    cast(total_sales as decimal(38, 2)) as total_sales
  from ranked
  where rank <= 5
)

select * from final
