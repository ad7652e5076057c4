-- one row per day and rank: the five genres with the most listens, ties by name
{{ config(meta={'key': ['listen_date', 'rank'], 'partition': 'listen_date'}) }}

with counted as (
  select listen_date, track_genre, count(*) as listens
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'listen_date') }}
  group by listen_date, track_genre
),

ranked as (
  select
    listen_date, track_genre, listens,
    row_number() over (partition by listen_date order by listens desc, track_genre) as rank
  from counted
),

final as (
  select
    cast(listen_date as date) as listen_date,
    cast(rank as integer) as rank,
    cast(track_genre as varchar(256)) as genre,
    cast(listens as bigint) as listens
  from ranked
  where rank <= 5
)

select * from final
