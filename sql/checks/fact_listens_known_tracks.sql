-- one row per day with more than one listen in twenty of a track that is not in the catalogue
{{ config(severity='warn') }}

with listens as (
  select listen_date, track_id
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'listen_date') }}
),

tracks as (
  select track_id
  from {{ ref('dim_tracks') }}
),

totals as (
  select
    listens.listen_date,
    count(*) as listens,
    sum(case when tracks.track_id is null then 1 else 0 end) as unknown
  from listens
  left join tracks on tracks.track_id = listens.track_id
  group by listens.listen_date
),

final as (
  select
    cast(listen_date as varchar(1024)) as subject,
    cast(
      cast(cast(unknown as bigint) as varchar(20)) || ' of ' || cast(listens as varchar(20)) || ' listens are of unknown tracks'
      as varchar(4096)
    ) as detail
  from totals
  where 20 * unknown > listens
)

select * from final
