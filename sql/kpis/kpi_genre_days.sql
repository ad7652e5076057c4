-- one row per genre and day: a genre that is heard no more on a day counts zero there
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

with genres as (
  select listen_date, track_genre
  from {{ spine('fact_listens', ['listen_date', 'track_genre']) }}
),

measures as (
  select listen_date, genre, listens, unique_listeners, listening_ms, avg_listening_ms_per_listener, popularity_index
  from {{ ref('kpi_day_genres') }}
),

final as (
  select
    cast(genres.listen_date as date) as listen_date,
    cast(genres.track_genre as varchar(256)) as genre,
    cast(coalesce(measures.listens, 0) as bigint) as listens,
    cast(coalesce(measures.unique_listeners, 0) as bigint) as unique_listeners,
    cast(coalesce(measures.listening_ms, 0) as bigint) as listening_ms,
    cast(coalesce(measures.avg_listening_ms_per_listener, 0) as decimal(18, 2)) as avg_listening_ms_per_listener,
    cast(coalesce(measures.popularity_index, 0) as decimal(18, 2)) as popularity_index
  from genres
  left join measures on measures.listen_date = genres.listen_date and measures.genre = genres.track_genre
)

select * from final
