-- one row per user that differs between rows of the same moment: the one that landed last counts, then the one with the greatest hash
{{ config(severity='warn') }}

with different as (
  select
    user_id, observed_at,
    count(distinct {{ surrogate_key([
      'user_lastname', 'user_name', 'place_name', 'country_code', 'timezone', 'latitude', 'longitude', 'user_since'
    ]) }}) as contents
  from {{ ref('stg_users') }}
  group by user_id, observed_at
),

final as (
  select
    cast(user_id as varchar(1024)) as subject,
    cast(
      cast(contents as varchar(20)) || ' different rows of ' || cast(observed_at as varchar(32)) as varchar(4096)
    ) as detail
  from different
  where contents > 1
)

select * from final
