-- one row per item of a landed session; a session without items is one row with NULL as item_number
{{ config(meta={
  'key': ['session_id', 'item_number'],
  'partition': 'months(session_start_time)',
  'order': ['session_start_time', 'session_id', 'item_number']
}) }}

select
  cast(session_id as varchar(36)) as session_id,
  cast(user_id as varchar(36)) as user_id,
  cast(item.song_id as varchar(256)) as song_id,
  cast(item.song_name as varchar(4096)) as song_name,
  cast(item.artist_id as varchar(256)) as artist_id,
  cast(item.artist_name as varchar(4096)) as artist_name,
  cast(item.currency as varchar(3)) as currency,
  cast(user_agent as varchar(4096)) as user_agent,
  cast(item_number as bigint) as item_number,
  cast(item.price as decimal(10, 2)) as price,
  cast(item.liked as boolean) as liked,
  cast(session_start_time as timestamp) as session_start_time,
  cast(item.liked_since as timestamp) as liked_since,
  cast(coalesce(cast(observed_at as timestamp), landed_at) as timestamp) as observed_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ explode(source('landed', 'sessions'), 'session_items') }} as sessions
