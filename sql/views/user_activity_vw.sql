-- one row per user with sales: sessions and days with a sale, the sum and the mean of the prices paid (USD), and liked songs
{{ config(materialized=stored_view(), meta={'mart': 'shop'}) }}

with totals as (
  select
    user_id,
    count(*) as purchases,
    count(distinct session_id) as total_sessions,
    count(distinct date_key) as active_days,
    sum(case when liked then 1 else 0 end) as liked_songs_count,
    sum(price) as total_spent,
    max(date_key) as last_activity_date
  from {{ ref('fact_session') }}
  group by user_id
),

final as (
  select
    cast(user_id as varchar(36)) as user_id,
    cast(total_sessions as bigint) as total_sessions,
    cast(active_days as bigint) as active_days,
    cast(liked_songs_count as bigint) as liked_songs_count,
    cast(total_spent as decimal(38, 2)) as total_spent,
    cast({{ half_up_ratio('100 * total_spent', '100 * purchases') }} as decimal(38, 2)) as avg_purchase_value,
    cast(last_activity_date as date) as last_activity_date
  from totals
)

select * from final
