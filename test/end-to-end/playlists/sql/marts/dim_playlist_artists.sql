-- one row per artist that the last pull found
{{ config(materialized='table', meta={'key': ['artist_id'], 'mart': 'playlists'}) }}

with artists as (
  select artist_id, artist_name, observed_at, landed_at, landed_file, landed_version
  from {{ ref('stg_playlist_artists') }}
),

versions as (
  select artist_id, artist_name, is_current
  from {{ history('artists', ['artist_id'], ['artist_name'], 'observed_at', ['landed_at', 'landed_file', 'landed_version'], snapshots='playlist_artists') }} as history
),

final as (
  select
    cast(artist_id as varchar(22)) as artist_id,
    cast(artist_name as varchar(4096)) as artist_name
  from versions
  where is_current
)

select * from final
