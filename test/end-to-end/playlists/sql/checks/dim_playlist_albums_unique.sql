-- one row per album_id with more than one row in dim_playlist_albums
{{ config(severity='error') }}

with repeated as (
  select album_id, count(*) as copies
  from {{ ref('dim_playlist_albums') }}
  group by album_id
  having count(*) > 1
),

final as (
  select
    cast(album_id as varchar(1024)) as subject,
    cast(cast(copies as varchar(20)) || ' rows' as varchar(4096)) as detail
  from repeated
)

select * from final
