-- one row per artist, song, country and month: purchases, how many of them were liked, and the sum and the mean of the prices (USD)
{{ config(materialized=stored_view(), meta={'mart': 'shop'}) }}

with totals as (
  select
    sales.artist_id, sales.song_id, sales.sales_month, sales.artist_key, sales.song_key,
    coalesce(users.country_code, 'unknown') as country_code,
    count(*) as purchases,
    sum(case when sales.liked then 1 else 0 end) as liked_count,
    sum(sales.price) as total_sales
  from {{ ref('fact_session') }} as sales
  inner join {{ ref('dim_users') }} as users on users.user_key = sales.user_key
  group by
    sales.artist_id, sales.song_id, sales.sales_month, sales.artist_key, sales.song_key, coalesce(users.country_code, 'unknown')
),

final as (
  select
    cast(totals.artist_id as varchar(256)) as artist_id,
    cast(artists.artist_name as varchar(4096)) as artist_name,
    cast(totals.song_id as varchar(256)) as song_id,
    cast(songs.title as varchar(4096)) as title,
    cast(totals.country_code as varchar(7)) as country_code,
    cast(totals.sales_month as varchar(7)) as sales_month,
    cast(totals.purchases as bigint) as purchases,
    cast(totals.liked_count as bigint) as liked_count,
    cast({{ half_up_ratio('100 * totals.liked_count', 'totals.purchases') }} as decimal(38, 2)) as like_percentage,
    cast({{ half_up_ratio('100 * totals.total_sales', '100 * totals.purchases') }} as decimal(38, 2)) as avg_price,
    cast(totals.total_sales as decimal(38, 2)) as total_sales
  from totals
  inner join {{ ref('dim_artists') }} as artists on artists.artist_key = totals.artist_key
  inner join {{ ref('dim_songs') }} as songs on songs.song_key = totals.song_key
)

select * from final
