-- one row per day, with its totals
{{ config(meta={
  'key': ['listen_date'],
  'partition': 'listen_date',
  'kpi': [{
    'pk': 'DAY#{listen_date}',
    'sk': 'CURRENT',
    'publish': 'pointer',
    'omit': ['listen_date'],
    'lists': [{'from': 'kpi_top_genres', 'as': 'top_genres', 'by': ['listen_date'], 'order': 'rank'}]
  }]
}) }}

with days as (
  select listen_date
  from {{ spine('fact_listens', 'listen_date') }}
),

totals as (
  select
    listen_date,
    count(*) as listens,
    count(distinct user_id) as unique_listeners,
    sum(duration_ms) as listening_ms,
    count(distinct track_genre) as genres
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'listen_date') }}
  group by listen_date
),

final as (
  select
    cast(days.listen_date as date) as listen_date,
    cast(coalesce(totals.listens, 0) as bigint) as listens,
    cast(coalesce(totals.unique_listeners, 0) as bigint) as unique_listeners,
    cast(coalesce(totals.listening_ms, 0) as decimal(38, 0)) as listening_ms,
    cast(coalesce(totals.genres, 0) as bigint) as genres
  from days
  left join totals on totals.listen_date = days.listen_date
)

select * from final
