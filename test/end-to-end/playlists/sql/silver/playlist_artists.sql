-- one row per artist of a landed entry of the playlist; an entry without artists is one row with NULL as artist_number
{{ config(meta={'key': ['artist_id'], 'order': ['artist_id']}) }}

select
  cast(item.artist_id as varchar(22)) as artist_id,
  cast(item.artist_name as varchar(4096)) as artist_name,
  cast(item_number as bigint) as artist_number,
  cast(coalesce(cast(observed_at as timestamp), landed_at) as timestamp) as observed_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ explode(source('landed', 'playlist_artists'), 'artists') }} as entries
