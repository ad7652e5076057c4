-- one row per song, with the values that were observed last: of rows with the same moment those that landed last, then the greatest
{{ config(materialized='ephemeral') }}

with ranked as (
  select
    track_id, song_id, title, release, artist_id, artist_mbid, artist_name, year, duration, artist_familiarity, artist_hotttnesss,
    row_number() over (
      partition by track_id
      order by
        observed_at desc, landed_at desc, landed_file desc, landed_version desc,
        {{ surrogate_key(['song_id', 'title', 'release', 'artist_id', 'artist_mbid', 'artist_name', 'year']) }} desc,
        coalesce(duration, -1) desc, coalesce(artist_familiarity, -1) desc, coalesce(artist_hotttnesss, -1) desc
    ) as recency
  from {{ ref('stg_songs') }}
),

final as (
  select
    cast(track_id as varchar(18)) as track_id,
    cast(song_id as varchar(18)) as song_id,
    cast(title as varchar(4096)) as title,
    cast(release as varchar(4096)) as release,
    cast(artist_id as varchar(256)) as artist_id,
    cast(artist_mbid as varchar(256)) as artist_mbid,
    cast(artist_name as varchar(4096)) as artist_name,
    cast(year as bigint) as year,
    cast(duration as {{ double() }}) as duration,
    cast(artist_familiarity as {{ double() }}) as artist_familiarity,
    cast(artist_hotttnesss as {{ double() }}) as artist_hotttnesss
  from ranked
  where recency = 1
)

select * from final
