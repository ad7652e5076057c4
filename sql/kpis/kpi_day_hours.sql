-- one row per day and hour with listens
{{ config(meta={
  'key': ['listen_date', 'hour'],
  'partition': 'listen_date',
  'kpi': [{
    'pk': 'DAY#{listen_date}#{version}',
    'sk': 'HOUR#{hour}',
    'publish': 'versioned',
    'omit': ['listen_date', 'hour']
  }]
}) }}

with plays as (
  select listen_date, extract(hour from listen_time) as hour, track_id, count(*) as listens
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'listen_date') }}
  group by listen_date, extract(hour from listen_time), track_id
),

audiences as (
  select listen_date, extract(hour from listen_time) as hour, count(distinct user_id) as unique_listeners
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'listen_date') }}
  group by listen_date, extract(hour from listen_time)
),

tracks as (
  select track_id, artists
  from {{ ref('dim_tracks') }}
),

totals as (
  select listen_date, hour, cast(sum(listens) as bigint) as listens, count(*) as distinct_tracks
  from plays
  group by listen_date, hour
),

-- the artist is split off after the join, because fewer tracks have listens than there are tracks
heard as (
  select plays.listen_date, plays.hour, plays.listens, split_part(tracks.artists, ';', 1) as artist
  from plays
  inner join tracks on tracks.track_id = plays.track_id
  where tracks.artists is not null
),

credited as (
  select listen_date, hour, artist, sum(listens) as listens
  from heard
  group by listen_date, hour, artist
),

ranked as (
  select
    listen_date, hour, artist,
    row_number() over (partition by listen_date, hour order by listens desc, artist) as rank
  from credited
),

final as (
  select
    cast(totals.listen_date as date) as listen_date,
    cast(lpad(cast(totals.hour as varchar(2)), 2, '0') as varchar(2)) as hour,
    cast(ranked.artist as varchar(4096)) as top_artist,
    cast(totals.listens as bigint) as listens,
    cast(audiences.unique_listeners as bigint) as unique_listeners,
    cast(totals.distinct_tracks as bigint) as distinct_tracks,
    cast({{ half_up_ratio('totals.distinct_tracks', 'totals.listens', 4) }} as decimal(18, 4)) as track_diversity
  from totals
  inner join audiences on audiences.listen_date = totals.listen_date and audiences.hour = totals.hour
  left join ranked on ranked.listen_date = totals.listen_date and ranked.hour = totals.hour and ranked.rank = 1
)

select * from final
