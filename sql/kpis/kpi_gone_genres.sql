-- one row per day and genre that had listens before this rebuild and has none now: it counts zero in the genre's series
{{ config(meta={
  'key': ['listen_date', 'genre'],
  'partition': 'listen_date',
  'spine': ['listen_date', 'track_genre'],
  'kpi': [{
    'pk': 'GENRE#{genre}',
    'sk': '{listen_date}',
    'publish': 'series',
    'omit': ['listen_date', 'genre']
  }]
}) }}

with known as (
  select listen_date, track_genre
  from {{ spine('fact_listens', ['listen_date', 'track_genre']) }}
),

heard as (
  select distinct listen_date, track_genre
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'listen_date') }}
),

final as (
  select
    cast(known.listen_date as date) as listen_date,
    cast(known.track_genre as varchar(256)) as genre,
    cast(0 as bigint) as listens,
    cast(0 as bigint) as unique_listeners,
    cast(0 as decimal(38, 0)) as listening_ms,
    cast(0 as decimal(38, 2)) as avg_listening_ms_per_listener,
    cast(0 as decimal(38, 2)) as popularity_index
  from known
  left join heard on heard.listen_date = known.listen_date and heard.track_genre = known.track_genre
  where heard.track_genre is null
)

select * from final
