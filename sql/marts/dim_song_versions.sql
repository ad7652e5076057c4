-- one row per version of a song: values that were observed of it, until they changed or until a snapshot lacked the song
{{ config(materialized='table', meta={'key': ['track_id', 'valid_from'], 'natural_key': ['track_id'], 'mart': 'shop'}) }}

with songs as (
  select
    track_id, song_id, title, release, artist_id, artist_mbid, artist_name, year, duration, artist_familiarity,
    artist_hotttnesss, observed_at, landed_file, landed_version, landed_at
  from {{ ref('stg_songs') }}
),

versions as (
  select
    track_id, song_id, title, release, artist_id, artist_mbid, artist_name, year, is_current, duration, artist_familiarity,
    artist_hotttnesss, valid_from, valid_to
  from {{ history(
    'songs', ['track_id'], var('song_values'), 'observed_at', ['landed_at', 'landed_file', 'landed_version'], snapshots='songs', types=var('song_types')
  ) }} as history
),

final as (
  select
    cast(track_id as varchar(256)) as track_id,
    cast(song_id as varchar(256)) as song_id,
    cast(title as varchar(4096)) as title,
    cast(release as varchar(4096)) as release,
    cast(artist_id as varchar(256)) as artist_id,
    cast(artist_mbid as varchar(256)) as artist_mbid,
    cast(artist_name as varchar(4096)) as artist_name,
    cast(year as bigint) as year,
    cast(is_current as boolean) as is_current,
    cast(duration as {{ double() }}) as duration,
    cast(artist_familiarity as {{ double() }}) as artist_familiarity,
    cast(artist_hotttnesss as {{ double() }}) as artist_hotttnesss,
    cast(valid_from as timestamp) as valid_from,
    cast(valid_to as timestamp) as valid_to
  from versions
)

select * from final
