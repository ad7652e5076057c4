-- one row per song of a session that differs between rows of the same moment: the one that landed last counts, then the one with the
-- greatest hash
{{ config(severity='warn') }}

with different as (
  select session_id, song_id, observed_at, count(distinct row_hash) as contents
  from {{ ref('stg_sessions') }}
  {{ where_affected('fact_session', 'session_id') }}
  group by session_id, song_id, observed_at
),

final as (
  select
    cast(session_id || ' ' || song_id as varchar(1024)) as subject,
    cast(
      cast(contents as varchar(20)) || ' different rows of ' || cast(observed_at as varchar(32)) as varchar(4096)
    ) as detail
  from different
  where contents > 1 and song_id is not null
)

select * from final
