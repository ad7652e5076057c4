-- one row per artist that is named first of a track, with the tracks and their length
{{ config(materialized='view', meta={'mart': 'playlists'}) }}

with totals as (
  select tracks.artist_id, artists.artist_name, count(*) as tracks, sum(tracks.duration_ms) as length_ms
  from {{ ref('dim_playlist_tracks') }} as tracks
  left join {{ ref('dim_playlist_artists') }} as artists on artists.artist_id = tracks.artist_id
  group by tracks.artist_id, artists.artist_name
),

final as (
  select
    cast(artist_id as varchar(22)) as artist_id,
    cast(artist_name as varchar(4096)) as artist_name,
    cast(tracks as bigint) as tracks,
    cast(length_ms as decimal(38, 0)) as length_ms
  from totals
)

select * from final
