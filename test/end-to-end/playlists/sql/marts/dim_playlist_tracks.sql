-- one row per track that the last pull found; of a track that was added twice the entry that was added first
{{ config(materialized='table', meta={'key': ['track_id'], 'mart': 'playlists'}) }}

{%- set said = ['album_id', 'artist_id', 'track_name', 'duration_ms', 'popularity', 'explicit_text', 'added_at'] %}

with tracks as (
  select
    track_id, album_id, artist_id, track_name, case when is_explicit then 'yes' when not is_explicit then 'no' end as explicit_text,
    duration_ms, popularity, observed_at, landed_at, landed_file, landed_version,
    min(added_at) over (
      partition by track_id, observed_at
      order by added_at
      rows between unbounded preceding and unbounded following
    ) as added_at
  from {{ ref('stg_playlist_tracks') }}
),

versions as (
  select track_id, album_id, artist_id, track_name, explicit_text, duration_ms, popularity, is_current, added_at
  from {{ history('tracks', ['track_id'], said, 'observed_at', ['landed_at', 'landed_file', 'landed_version'], snapshots='playlist_tracks') }} as history
),

final as (
  select
    cast(track_id as varchar(22)) as track_id,
    cast(album_id as varchar(22)) as album_id,
    cast(artist_id as varchar(22)) as artist_id,
    cast(track_name as varchar(4096)) as track_name,
    cast(duration_ms as bigint) as duration_ms,
    cast(popularity as bigint) as popularity,
    cast(explicit_text = 'yes' as boolean) as is_explicit,
    cast(added_at as timestamp) as added_at
  from versions
  where is_current
)

select * from final
