-- one row per track_id with more than one row in dim_playlist_tracks
{{ config(severity='error') }}

with repeated as (
  select track_id, count(*) as copies
  from {{ ref('dim_playlist_tracks') }}
  group by track_id
  having count(*) > 1
),

final as (
  select
    cast(track_id as varchar(1024)) as subject,
    cast(cast(copies as varchar(20)) || ' rows' as varchar(4096)) as detail
  from repeated
)

select * from final
