-- one row per landed entry of the playlist: its album, which comes again with each of its tracks
{{ config(meta={'key': ['album_id'], 'order': ['album_id']}) }}

select
  cast(album_id as varchar(22)) as album_id,
  cast(album_name as varchar(4096)) as album_name,
  cast(release_date as varchar(10)) as release_date,
  cast(substring(release_date, 1, 4) as bigint) as release_year,
  cast(total_tracks as bigint) as total_tracks,
  cast(coalesce(cast(observed_at as timestamp), landed_at) as timestamp) as observed_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'playlist_albums') }}
