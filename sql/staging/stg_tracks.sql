-- one row per track in a published catalogue
{{ config(materialized='ephemeral') }}

select
  cast(track_id as varchar(64)) as track_id,
  cast(track_name as varchar(4096)) as track_name,
  cast(artists as varchar(4096)) as artists,
  cast(album_name as varchar(4096)) as album_name,
  cast(coalesce(track_genre, 'unknown') as varchar(256)) as track_genre,
  cast(coalesce(popularity, 0) as bigint) as popularity,
  cast(coalesce(duration_ms, 0) as bigint) as duration_ms,
  cast(is_explicit as boolean) as is_explicit,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at
from {{ source('silver', 'tracks') }}
