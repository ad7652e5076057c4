-- one row per listen: a listener, a track, a moment; of duplicates the one that landed first
{{ config(materialized='incremental', unique_key=['user_id', 'track_id', 'listen_time'], meta={
  'key': ['user_id', 'track_id', 'listen_time'],
  'partition': 'listen_date',
  'mart': 'listening'
}) }}

with listens as (
  select user_id, track_id, listen_time, listen_date, landed_file, landed_version, landed_at
  from {{ ref('stg_streams') }}
  {{ where_affected('fact_listens', 'listen_date') }}
),

tracks as (
  select track_id, track_genre, popularity, duration_ms
  from {{ ref('dim_tracks') }}
),

-- few listeners have two listens in one second, and only those rows need the expensive window
contested as (
  select user_id, listen_time
  from listens
  group by user_id, listen_time
  having count(*) > 1
),

lone as (
  select listens.user_id, listens.track_id, listens.listen_time, listens.listen_date, listens.landed_file
  from listens
  left join contested on contested.user_id = listens.user_id and contested.listen_time = listens.listen_time
  where contested.user_id is null
),

ranked as (
  select
    listens.user_id, listens.track_id, listens.listen_time, listens.listen_date, listens.landed_file,
    row_number() over (
      partition by listens.user_id, listens.track_id, listens.listen_time
      order by listens.landed_at, listens.landed_file, listens.landed_version
    ) as arrival
  from listens
  inner join contested on contested.user_id = listens.user_id and contested.listen_time = listens.listen_time
),

kept as (
  select user_id, track_id, listen_time, listen_date, landed_file
  from lone
  union all
  select user_id, track_id, listen_time, listen_date, landed_file
  from ranked
  where arrival = 1
),

final as (
  select
    cast(kept.user_id as bigint) as user_id,
    cast(kept.track_id as varchar(64)) as track_id,
    cast(coalesce(tracks.track_genre, 'unknown') as varchar(256)) as track_genre,
    cast(kept.landed_file as varchar(1024)) as landed_file,
    cast(coalesce(tracks.popularity, 0) as bigint) as popularity,
    cast(coalesce(tracks.duration_ms, 0) as bigint) as duration_ms,
    cast(kept.listen_time as timestamp) as listen_time,
    cast(kept.listen_date as date) as listen_date
  from kept
  left join tracks on tracks.track_id = kept.track_id
)

select * from final
