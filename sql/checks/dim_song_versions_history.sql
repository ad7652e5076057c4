-- one row per mistake in the history of a song: versions with an overlap, no time or no difference, or two current versions
{{ config(severity='error') }}

{%- set said = [
  'song_id', 'title', 'release', 'artist_id', 'artist_mbid', 'artist_name', 'year', 'duration', 'artist_familiarity',
  'artist_hotttnesss'
] %}
{%- set types = {
  'duration': 'double precision', 'artist_familiarity': 'double precision', 'artist_hotttnesss': 'double precision'
} %}

{{ history_mistakes('dim_song_versions', ['track_id'], said, can_end=true, types=types) }}
