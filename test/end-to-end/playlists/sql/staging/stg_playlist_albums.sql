-- one row per published entry: its album
{{ config(materialized='ephemeral') }}

select
  cast(album_id as varchar(22)) as album_id,
  cast(album_name as varchar(4096)) as album_name,
  cast(release_date as varchar(10)) as release_date,
  cast(release_year as bigint) as release_year,
  cast(total_tracks as bigint) as total_tracks,
  cast(observed_at as timestamp) as observed_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at
from {{ source('silver', 'playlist_albums') }}
