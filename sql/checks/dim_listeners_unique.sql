-- one row per user_id with more than one row in dim_listeners
{{ config(severity='error') }}

with repeated as (
  select user_id, count(*) as copies
  from {{ ref('dim_listeners') }}
  group by user_id
  having count(*) > 1
),

final as (
  select
    cast(user_id as varchar(1024)) as subject,
    cast(cast(copies as varchar(20)) || ' rows' as varchar(4096)) as detail
  from repeated
)

select * from final
