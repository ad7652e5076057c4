-- one row per session whose newest version with items has another number of songs than fact_session has rows: joins must not add or lose a sale
{{ config(severity='error') }}

with items as (
  select
    session_id, song_id,
    rank() over (
      partition by session_id order by observed_at desc, landed_at desc, landed_file desc, landed_version desc
    ) as recency
  from (
    select session_id, song_id, item_number, observed_at, landed_at, landed_file, landed_version
    from {{ ref('stg_sessions') }}
    {{ where_affected('fact_session', 'session_id') }}
  ) as published
  where item_number is not null
),

published as (
  select session_id, count(distinct song_id) as songs
  from items
  where recency = 1
  group by session_id
),

kept as (
  select session_id, count(*) as songs
  from {{ ref('fact_session') }}
  {{ where_affected('fact_session', 'session_id') }}
  group by session_id
),

final as (
  select
    cast(coalesce(published.session_id, kept.session_id) as varchar(1024)) as subject,
    cast(
      cast(coalesce(published.songs, 0) as varchar(20)) || ' songs published, '
      || cast(coalesce(kept.songs, 0) as varchar(20)) || ' in fact_session' as varchar(4096)
    ) as detail
  from published
  full join kept on kept.session_id = published.session_id
  where coalesce(published.songs, 0) <> coalesce(kept.songs, 0)
)

select * from final
