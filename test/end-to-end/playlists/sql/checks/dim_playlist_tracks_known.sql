-- one row per track whose album or artist is unknown: the playlist changed between two pulls, and the next one tells
{{ config(severity='warn') }}

with unknown as (
  select tracks.track_id, albums.album_id, artists.artist_id
  from {{ ref('dim_playlist_tracks') }} as tracks
  left join {{ ref('dim_playlist_albums') }} as albums on albums.album_id = tracks.album_id
  left join {{ ref('dim_playlist_artists') }} as artists on artists.artist_id = tracks.artist_id
  where albums.album_id is null or (artists.artist_id is null and tracks.artist_id is not null)
),

final as (
  select
    cast(track_id as varchar(1024)) as subject,
    cast(case when album_id is null then 'unknown album' else 'unknown artist' end as varchar(4096)) as detail
  from unknown
)

select * from final
