-- one row per session whose newest version has another number of items than fact_session has rows: joins must not add or lose a sale
{{ config(severity='error') }}

with items as (
  select
    session_id, item_number,
    rank() over (
      partition by session_id order by observed_at desc, landed_at desc, landed_file desc, landed_version desc
    ) as recency
  from (
    select session_id, item_number, observed_at, landed_at, landed_file, landed_version
    from {{ ref('stg_sessions') }}
    {{ where_affected('fact_session', 'session_id') }}
  ) as published
),

published as (
  select session_id, count(distinct item_number) as items
  from items
  where recency = 1
  group by session_id
),

kept as (
  select session_id, count(*) as items
  from {{ ref('fact_session') }}
  {{ where_affected('fact_session', 'session_id') }}
  group by session_id
),

final as (
  select
    cast(coalesce(published.session_id, kept.session_id) as varchar(1024)) as subject,
    cast(
      cast(coalesce(published.items, 0) as varchar(20)) || ' items published, '
      || cast(coalesce(kept.items, 0) as varchar(20)) || ' in fact_session' as varchar(4096)
    ) as detail
  from published
  full join kept on kept.session_id = published.session_id
  where coalesce(published.items, 0) <> coalesce(kept.items, 0)
)

select * from final
