-- one row per song that differs between rows of the same moment: the one that landed last counts, then the one with the greatest hash
{{ config(severity='warn') }}

with different as (
  select
    track_id, observed_at,
    count(distinct {{ surrogate_key([
      'song_id', 'title', 'release', 'artist_id', 'artist_mbid', 'artist_name', 'year'
    ]) }}) as contents
  from {{ ref('stg_songs') }}
  group by track_id, observed_at
),

final as (
  select
    cast(track_id as varchar(1024)) as subject,
    cast(
      cast(contents as varchar(20)) || ' different rows of ' || cast(observed_at as varchar(32)) as varchar(4096)
    ) as detail
  from different
  where contents > 1
)

select * from final
