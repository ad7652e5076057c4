-- one row per published entry, with the artist that it names first
{{ config(materialized='ephemeral') }}

select
  cast(track_id as varchar(22)) as track_id,
  cast(album_id as varchar(22)) as album_id,
  cast(artist_id as varchar(22)) as artist_id,
  cast(track_name as varchar(4096)) as track_name,
  cast(duration_ms as bigint) as duration_ms,
  cast(popularity as bigint) as popularity,
  cast(is_explicit as boolean) as is_explicit,
  cast(added_at as timestamp) as added_at,
  cast(observed_at as timestamp) as observed_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at
from {{ source('silver', 'playlist_tracks') }}
where artist_number = 1 or artist_number is null
