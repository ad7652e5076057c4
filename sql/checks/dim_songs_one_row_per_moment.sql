-- one row per song that differs between rows of the same moment: the one that landed last counts, then the one with the greatest hash
{{ config(severity='warn') }}

{%- set said = [
  'song_id', 'title', 'release', 'artist_id', 'artist_mbid', 'artist_name', 'year', 'duration', 'artist_familiarity',
  'artist_hotttnesss'
] %}
{%- set types = {
  'duration': 'double precision', 'artist_familiarity': 'double precision', 'artist_hotttnesss': 'double precision'
} %}

{{ different_rows('stg_songs', ['track_id'], said, 'observed_at', types=types) }}
