-- one row per day and genre with listens
{{ config(meta={
  'key': ['listen_date', 'genre'],
  'partition': 'listen_date',
  'kpi': [
    {
      'pk': 'DAY#{listen_date}#{version}',
      'sk': 'GENRE#{genre}',
      'publish': 'versioned',
      'omit': ['listen_date', 'genre'],
      'lists': [{'from': 'kpi_top_songs', 'as': 'top_songs', 'by': ['listen_date', 'genre'], 'order': 'rank'}]
    },
    {
      'pk': 'GENRE#{genre}',
      'sk': '{listen_date}',
      'publish': 'series',
      'omit': ['listen_date', 'genre']
    }
  ]
}) }}

with totals as (
  select
    listen_date, track_genre,
    count(*) as listens,
    count(distinct user_id) as unique_listeners,
    sum(duration_ms) as listening_ms,
    sum(popularity) as popularity
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'listen_date') }}
  group by listen_date, track_genre
),

final as (
  select
    cast(listen_date as date) as listen_date,
    cast(track_genre as varchar(256)) as genre,
    cast(listens as bigint) as listens,
    cast(unique_listeners as bigint) as unique_listeners,
    cast(listening_ms as decimal(38, 0)) as listening_ms,
    cast({{ half_up_ratio('listening_ms', 'unique_listeners') }} as decimal(38, 2)) as avg_listening_ms_per_listener,
    cast(cast(popularity as decimal(36, 0)) * cast(0.01 as decimal(2, 2)) as decimal(38, 2)) as popularity_index
  from totals
)

select * from final
