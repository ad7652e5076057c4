-- one row per track with a negative duration
{{ config(severity='error') }}

with tracks as (
  select track_id, duration_ms
  from {{ ref('dim_tracks') }}
),

final as (
  select
    cast(track_id as varchar(1024)) as subject,
    cast('duration_ms is ' || cast(duration_ms as varchar(20)) as varchar(4096)) as detail
  from tracks
  where duration_ms < 0
)

select * from final
