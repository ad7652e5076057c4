-- one row per day, genre and rank: the three tracks with the most listens, ties by id
{{ config(meta={'key': ['listen_date', 'genre', 'rank'], 'partition': 'listen_date'}) }}

with counted as (
  select listen_date, track_genre, track_id, count(*) as listens
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'listen_date') }}
  group by listen_date, track_genre, track_id
),

ranked as (
  select
    listen_date, track_genre, track_id, listens,
    row_number() over (partition by listen_date, track_genre order by listens desc, track_id) as rank
  from counted
),

tracks as (
  select track_id, track_name, artists
  from {{ ref('dim_tracks') }}
),

final as (
  select
    cast(ranked.listen_date as date) as listen_date,
    cast(ranked.track_genre as varchar(256)) as genre,
    cast(ranked.rank as integer) as rank,
    cast(ranked.track_id as varchar(64)) as track_id,
    cast(tracks.track_name as varchar(4096)) as track_name,
    cast(tracks.artists as varchar(4096)) as artists,
    cast(ranked.listens as bigint) as listens
  from ranked
  left join tracks on tracks.track_id = ranked.track_id
  where ranked.rank <= 3
)

select * from final
