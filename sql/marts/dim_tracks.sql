-- one row per track, with the values of the catalogue that landed last
{{ config(materialized='table', meta={'key': ['track_id'], 'mart': 'listening'}) }}

with tracks as (
  select
    track_id, track_name, artists, album_name, track_genre, popularity, duration_ms, is_explicit, landed_at, landed_file,
    md5(
      coalesce(track_name, '') || '|' || coalesce(artists, '') || '|' || coalesce(album_name, '') || '|' || track_genre
      || '|' || cast(popularity as varchar(20)) || '|' || cast(duration_ms as varchar(20))
      || '|' || case when is_explicit then 'y' when not is_explicit then 'n' else '' end
    ) as row_hash
  from {{ ref('stg_tracks') }}
),

ranked as (
  select
    track_id, track_name, artists, album_name, track_genre, popularity, duration_ms, is_explicit,
    row_number() over (
      partition by track_id order by landed_at desc, landed_file desc, row_hash desc
    ) as recency
  from tracks
),

final as (
  select
    cast(track_id as varchar(64)) as track_id,
    cast(track_name as varchar(4096)) as track_name,
    cast(artists as varchar(4096)) as artists,
    cast(album_name as varchar(4096)) as album_name,
    cast(track_genre as varchar(256)) as track_genre,
    cast(popularity as bigint) as popularity,
    cast(duration_ms as bigint) as duration_ms,
    cast(is_explicit as boolean) as is_explicit
  from ranked
  where recency = 1
)

select * from final
