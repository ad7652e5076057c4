-- one row per user_key with more than one row in dim_users
{{ config(severity='error') }}

with repeated as (
  select user_key, count(*) as copies
  from {{ ref('dim_users') }}
  group by user_key
  having count(*) > 1
),

final as (
  select
    cast(user_key as varchar(1024)) as subject,
    cast(cast(copies as varchar(20)) || ' rows' as varchar(4096)) as detail
  from repeated
)

select * from final
