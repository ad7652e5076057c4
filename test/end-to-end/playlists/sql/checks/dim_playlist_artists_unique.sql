-- one row per artist_id with more than one row in dim_playlist_artists
{{ config(severity='error') }}

with repeated as (
  select artist_id, count(*) as copies
  from {{ ref('dim_playlist_artists') }}
  group by artist_id
  having count(*) > 1
),

final as (
  select
    cast(artist_id as varchar(1024)) as subject,
    cast(cast(copies as varchar(20)) || ' rows' as varchar(4096)) as detail
  from repeated
)

select * from final
