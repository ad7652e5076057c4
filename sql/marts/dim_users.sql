-- one row per version of a shop user, true from valid_from until before valid_to, and the unknown user
{{ config(materialized='table', meta={'key': ['user_key'], 'natural_key': ['user_id'], 'mart': 'shop'}) }}

with users as (
  select
    user_id, user_lastname, user_name, place_name, country_code, timezone, latitude, longitude, user_since,
    observed_at, landed_at, landed_file, landed_version
  from {{ ref('stg_users') }}
),

versions as (
  select
    user_id, user_lastname, user_name, place_name, country_code, timezone, latitude, longitude, is_current, user_since,
    valid_from, valid_to
  from {{ history('users', ['user_id'], var('user_values'), 'observed_at', ['landed_at', 'landed_file', 'landed_version']) }} as history
),

members as (
  select
    {{ surrogate_key(['user_id', 'valid_from']) }} as user_key, user_id, user_lastname, user_name, place_name, country_code,
    timezone, latitude, longitude, is_current, user_since, valid_from, valid_to
  from versions
  union all
  select
    {{ unknown_key() }}, 'unknown', cast(null as varchar(1024)), cast(null as varchar(1024)), cast(null as varchar(1024)),
    cast(null as varchar(2)), cast(null as varchar(1024)), cast(null as decimal(9, 6)), cast(null as decimal(9, 6)), true,
    cast(null as timestamp), timestamp '1900-01-01 00:00:00', timestamp '9999-12-31 00:00:00'
),

final as (
  select
    cast(user_key as varchar(32)) as user_key,
    cast(user_id as varchar(36)) as user_id,
    cast(user_lastname as varchar(1024)) as user_lastname,
    cast(user_name as varchar(1024)) as user_name,
    cast(place_name as varchar(1024)) as place_name,
    cast(country_code as varchar(2)) as country_code,
    cast(timezone as varchar(1024)) as timezone,
    cast(latitude as decimal(9, 6)) as latitude,
    cast(longitude as decimal(9, 6)) as longitude,
    cast(is_current as boolean) as is_current,
    cast(user_since as timestamp) as user_since,
    cast(valid_from as timestamp) as valid_from,
    cast(valid_to as timestamp) as valid_to
  from members
)

select * from final
