-- one row per day whose published listens, duplicates counted once, differ from the rows of fact_listens
{{ config(severity='error') }}

with published as (
  select listen_date, count(*) as listens
  from {{ ref('stg_streams') }}
  {{ where_affected('fact_listens', 'listen_date') }}
  group by listen_date
),

kept as (
  select listen_date, count(*) as listens
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'listen_date') }}
  group by listen_date
),

-- if the numbers are equal there are no duplicates; only the other days need the expensive distinct
uneven as (
  select coalesce(published.listen_date, kept.listen_date) as listen_date, coalesce(kept.listens, 0) as listens
  from published
  full join kept on kept.listen_date = published.listen_date
  where coalesce(published.listens, 0) <> coalesce(kept.listens, 0)
),

different as (
  select distinct user_id, track_id, listen_time, listen_date
  from {{ ref('stg_streams') }}
  where listen_date in (select listen_date from uneven)
),

counted as (
  select listen_date, count(*) as listens
  from different
  group by listen_date
),

final as (
  select
    cast(uneven.listen_date as varchar(1024)) as subject,
    cast(
      cast(coalesce(counted.listens, 0) as varchar(20)) || ' listens published, '
      || cast(uneven.listens as varchar(20)) || ' in fact_listens' as varchar(4096)
    ) as detail
  from uneven
  left join counted on counted.listen_date = uneven.listen_date
  where coalesce(counted.listens, 0) <> uneven.listens
)

select * from final
