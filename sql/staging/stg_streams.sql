-- one row per published listen, with its day
{{ config(materialized='ephemeral') }}

select
  cast(user_id as bigint) as user_id,
  cast(track_id as varchar(64)) as track_id,
  cast(listen_time as timestamp) as listen_time,
  cast(listen_time as date) as listen_date,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at
from {{ source('silver', 'streams') }}
