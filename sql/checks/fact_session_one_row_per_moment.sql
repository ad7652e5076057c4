-- one row per session that differs between rows of the same moment: the file that landed last counts; in one file, for each position,
-- the row with the greatest hash
{{ config(severity='warn') }}

with items as (
  select distinct
    session_id, observed_at, coalesce(item_number, 0) as position, row_hash,
    {{ key_text(['landed_file', 'landed_version']) }} as origin
  from {{ ref('stg_sessions') }}
  {{ where_affected('fact_session', 'session_id') }}
),

counted as (
  select
    session_id, observed_at, count(*) as items, count(distinct position) as positions, count(distinct row_hash) as contents,
    count(distinct origin) as origins
  from items
  group by session_id, observed_at
),

final as (
  select
    cast(session_id as varchar(1024)) as subject,
    cast('its rows of ' || cast(observed_at as varchar(32)) || ' differ' as varchar(4096)) as detail
  from counted
  where contents > positions or items <> contents * origins
)

select * from final
