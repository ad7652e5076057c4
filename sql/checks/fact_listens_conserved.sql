-- one row per day whose published listens, repeats counted once, are not the rows of fact_listens
{{ config(severity='error') }}

with published as (
  select user_id, track_id, listen_time, listen_date
  from {{ ref('stg_streams') }}
  {{ where_affected('fact_listens', 'listen_date') }}
),

contested as (
  select user_id, listen_time
  from published
  group by user_id, listen_time
  having count(*) > 1
),

repeated as (
  select
    published.user_id, published.track_id, published.listen_time, published.listen_date, count(*) - 1 as repeats
  from published
  inner join contested on contested.user_id = published.user_id and contested.listen_time = published.listen_time
  group by published.user_id, published.track_id, published.listen_time, published.listen_date
),

counted as (
  select listen_date, count(*) as rows_in, 0 as rows_out
  from published
  group by listen_date
  union all
  select listen_date, 0 - sum(repeats) as rows_in, 0 as rows_out
  from repeated
  group by listen_date
  union all
  select listen_date, 0 as rows_in, count(*) as rows_out
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'listen_date') }}
  group by listen_date
),

totals as (
  select listen_date, cast(sum(rows_in) as bigint) as rows_in, cast(sum(rows_out) as bigint) as rows_out
  from counted
  group by listen_date
),

final as (
  select
    cast(listen_date as varchar(1024)) as subject,
    cast(
      cast(rows_in as varchar(20)) || ' listens published, ' || cast(rows_out as varchar(20)) || ' in fact_listens'
      as varchar(4096)
    ) as detail
  from totals
  where rows_in <> rows_out
)

select * from final
