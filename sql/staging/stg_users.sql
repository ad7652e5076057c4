-- one row per user in a published file
{{ config(materialized='ephemeral') }}

select
  cast(user_id as varchar(36)) as user_id,
  cast(user_lastname as varchar(1024)) as user_lastname,
  cast(user_name as varchar(1024)) as user_name,
  cast(place_name as varchar(1024)) as place_name,
  cast(country_code as varchar(2)) as country_code,
  cast(timezone as varchar(1024)) as timezone,
  cast(latitude as decimal(9, 6)) as latitude,
  cast(longitude as decimal(9, 6)) as longitude,
  cast(user_since as timestamp) as user_since,
  cast(observed_at as timestamp) as observed_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at
from {{ source('silver', 'users') }}
