-- one row per album that the last pull found
{{ config(materialized='table', meta={'key': ['album_id'], 'mart': 'playlists'}) }}

with albums as (
  select album_id, album_name, release_date, release_year, total_tracks, observed_at, landed_at, landed_file, landed_version
  from {{ ref('stg_playlist_albums') }}
),

versions as (
  select album_id, album_name, release_date, release_year, total_tracks, is_current
  from {{ history('albums', ['album_id'], ['album_name', 'release_date', 'release_year', 'total_tracks'], 'observed_at', ['landed_at', 'landed_file', 'landed_version'], snapshots='playlist_albums') }} as history
),

final as (
  select
    cast(album_id as varchar(22)) as album_id,
    cast(album_name as varchar(4096)) as album_name,
    cast(release_date as varchar(10)) as release_date,
    cast(release_year as bigint) as release_year,
    cast(total_tracks as bigint) as total_tracks
  from versions
  where is_current
)

select * from final
