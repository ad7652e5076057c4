-- one row per landed user. A missing part of the location is NULL, and so is a coordinate that is not a number, or a country that is not
-- two capital letters
{{ config(meta={'key': ['user_id'], 'order': ['user_id'], 'public': ['country_code']}) }}

select
  cast(user_id as varchar(36)) as user_id,
  cast(user_lastname as varchar(1024)) as user_lastname,
  cast(user_name as varchar(1024)) as user_name,
  cast({{ element('user_location', 3) }} as varchar(1024)) as place_name,
  cast(
    case
      when length({{ element('user_location', 4) }}) = 2
        and translate({{ element('user_location', 4) }}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '') = ''
        then {{ element('user_location', 4) }}
    end as varchar(2)
  ) as country_code,
  cast({{ element('user_location', 5) }} as varchar(1024)) as timezone,
  cast(
    case when {{ is_degrees(element('user_location', 1)) }} then {{ element('user_location', 1) }} end as decimal(9, 6)
  ) as latitude,
  cast(
    case when {{ is_degrees(element('user_location', 2)) }} then {{ element('user_location', 2) }} end as decimal(9, 6)
  ) as longitude,
  cast(user_since as timestamp) as user_since,
  cast(coalesce(cast(observed_at as timestamp), landed_at) as timestamp) as observed_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'users') }}
