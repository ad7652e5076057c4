-- one row per landed listen; duplicates stay, gold removes them
{{ config(meta={
  'key': ['user_id', 'track_id', 'listen_time'],
  'partition': 'days(listen_time)',
  'order': ['listen_time', 'user_id', 'track_id']
}) }}

select
  cast(user_id as bigint) as user_id,
  cast(track_id as varchar(64)) as track_id,
  cast(listen_time as timestamp) as listen_time,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'streams') }}
