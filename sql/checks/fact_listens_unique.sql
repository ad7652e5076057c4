-- one row per listen with more than one row in fact_listens
{{ config(severity='error') }}

-- few listeners have two listens in one second, and only those rows need the expensive grouping
with contested as (
  select user_id, listen_time
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'listen_date') }}
  group by user_id, listen_time
  having count(*) > 1
),

repeated as (
  select listens.user_id, listens.track_id, listens.listen_time, count(*) as copies
  from {{ ref('fact_listens') }} as listens
  inner join contested on contested.user_id = listens.user_id and contested.listen_time = listens.listen_time
  group by listens.user_id, listens.track_id, listens.listen_time
  having count(*) > 1
),

final as (
  select
    cast(
      cast(user_id as varchar(20)) || ' ' || track_id || ' ' || cast(listen_time as varchar(32)) as varchar(1024)
    ) as subject,
    cast(cast(copies as varchar(20)) || ' rows' as varchar(4096)) as detail
  from repeated
)

select * from final
