-- one row per artist of a landed entry of the playlist; an entry without artists is one row with NULL as artist_number
{{ config(meta={'key': ['track_id', 'artist_number'], 'order': ['track_id', 'artist_number']}) }}

select
  cast(track_id as varchar(22)) as track_id,
  cast(album_id as varchar(22)) as album_id,
  cast(item.artist_id as varchar(22)) as artist_id,
  cast(track_name as varchar(4096)) as track_name,
  cast(item_number as bigint) as artist_number,
  cast(duration_ms as bigint) as duration_ms,
  cast(popularity as bigint) as popularity,
  cast(explicit as boolean) as is_explicit,
  cast(added_at as timestamp) as added_at,
  cast(coalesce(cast(observed_at as timestamp), landed_at) as timestamp) as observed_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ explode(source('landed', 'playlist_tracks'), 'artists') }} as entries
