-- one row per artist of a published entry; an entry without artists has none
{{ config(materialized='ephemeral') }}

select
  cast(artist_id as varchar(22)) as artist_id,
  cast(artist_name as varchar(4096)) as artist_name,
  cast(observed_at as timestamp) as observed_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at
from {{ source('silver', 'playlist_artists') }}
where artist_number is not null
