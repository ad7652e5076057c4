-- one row per item of a published session, or per session without items; row_hash tells rows for the same position apart
{{ config(materialized='ephemeral') }}

select
  cast(session_id as varchar(36)) as session_id,
  cast(user_id as varchar(36)) as user_id,
  cast(song_id as varchar(256)) as song_id,
  cast(coalesce(artist_id, 'unknown') as varchar(256)) as artist_id,
  cast(currency as varchar(3)) as currency,
  cast(
    {{ surrogate_key([
      'user_id', 'song_id', 'artist_id', 'currency', 'item_number', 'price', 'session_start_time', 'liked', 'liked_since'
    ], types={'liked': 'boolean'}) }} as varchar(32)
  ) as row_hash,
  cast(item_number as bigint) as item_number,
  cast(price as decimal(10, 2)) as price,
  cast(liked as boolean) as liked,
  cast(session_start_time as timestamp) as session_start_time,
  cast(liked_since as timestamp) as liked_since,
  cast(observed_at as timestamp) as observed_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(coalesce(landed_version, '') as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at
from {{ source('silver', 'sessions') }}
