-- one row per mistake in the history of a user: versions with a gap, an overlap, no time or no difference, or not one current version
{{ config(severity='error') }}

{%- set said = ['user_lastname', 'user_name', 'place_name', 'country_code', 'timezone', 'latitude', 'longitude', 'user_since'] %}

with versions as (
  select
    user_id, valid_from, valid_to, is_current, {{ surrogate_key(said) }} as said
  from {{ ref('dim_users') }}
),

compared as (
  select
    user_id, valid_from, valid_to, said,
    lag(valid_to) over (partition by user_id order by valid_from) as ended_before,
    lag(said) over (partition by user_id order by valid_from) as said_before
  from versions
),

living as (
  select
    user_id, sum(case when is_current then 1 else 0 end) as current_versions, min(valid_from) as first_from, max(valid_to) as last_to,
    max(case when is_current then valid_to else valid_from end) as current_to
  from versions
  group by user_id
),

mistakes as (
  select user_id, 'a version from ' || cast(valid_from as varchar(32)) || ' has no time' as mistake
  from compared
  where valid_from >= valid_to
  union all
  select user_id, 'a gap before ' || cast(valid_from as varchar(32))
  from compared
  where ended_before < valid_from
  union all
  select user_id, 'an overlap from ' || cast(valid_from as varchar(32))
  from compared
  where ended_before > valid_from
  union all
  select user_id, 'the version from ' || cast(valid_from as varchar(32)) || ' equals the one before'
  from compared
  where said_before = said
  union all
  select user_id, cast(cast(current_versions as bigint) as varchar(20)) || ' current versions'
  from living
  where current_versions <> 1
  union all
  select user_id, 'the first version does not begin in 1900'
  from living
  where first_from <> timestamp '1900-01-01 00:00:00'
  union all
  select user_id, 'the current version is not the last one'
  from living
  where last_to <> timestamp '9999-12-31 00:00:00' or current_to <> last_to
),

final as (
  select cast(user_id as varchar(1024)) as subject, cast(mistake as varchar(4096)) as detail
  from mistakes
)

select * from final
