-- one row per listener, with the values of the list that landed last
{{ config(materialized='table', meta={'key': ['user_id'], 'mart': 'listening'}) }}

with listeners as (
  select
    user_id, user_name, user_country, user_age, created_at, landed_at, landed_file,
    md5(
      coalesce(user_name, '') || '|' || coalesce(user_country, '') || '|' || coalesce(cast(user_age as varchar(20)), '')
      || '|' || coalesce(cast(created_at as varchar(10)), '')
    ) as row_hash
  from {{ ref('stg_listeners') }}
),

ranked as (
  select
    user_id, user_name, user_country, user_age, created_at,
    row_number() over (
      partition by user_id order by landed_at desc, landed_file desc, row_hash desc
    ) as recency
  from listeners
),

final as (
  select
    cast(user_id as bigint) as user_id,
    cast(user_name as varchar(1024)) as user_name,
    cast(user_country as varchar(256)) as user_country,
    cast(user_age as bigint) as user_age,
    cast(created_at as date) as created_at
  from ranked
  where recency = 1
)

select * from final
