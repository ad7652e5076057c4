-- one row per song in a published file
{{ config(materialized='ephemeral') }}

select
  cast(track_id as varchar(18)) as track_id,
  cast(song_id as varchar(18)) as song_id,
  cast(title as varchar(4096)) as title,
  cast(release as varchar(4096)) as release,
  cast(artist_id as varchar(256)) as artist_id,
  cast(artist_mbid as varchar(256)) as artist_mbid,
  cast(artist_name as varchar(4096)) as artist_name,
  cast(year as bigint) as year,
  cast(duration as {{ double() }}) as duration,
  cast(artist_familiarity as {{ double() }}) as artist_familiarity,
  cast(artist_hotttnesss as {{ double() }}) as artist_hotttnesss,
  cast(observed_at as timestamp) as observed_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at
from {{ source('silver', 'songs') }}
