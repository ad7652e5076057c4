-- one row per song of a session with more than one row in fact_session
{{ config(severity='error') }}

with repeated as (
  select session_id, song_id, count(*) as copies
  from {{ ref('fact_session') }}
  {{ where_affected('fact_session', 'session_id') }}
  group by session_id, song_id
  having count(*) > 1
),

final as (
  select
    cast(session_id || ' ' || song_id as varchar(1024)) as subject,
    cast(cast(copies as varchar(20)) || ' rows' as varchar(4096)) as detail
  from repeated
)

select * from final
