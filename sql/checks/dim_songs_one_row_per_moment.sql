-- one row per song that differs between rows of the same moment: the one that landed last counts, then the one with the greatest hash
{{ config(severity='warn') }}

{{ different_rows('stg_songs', ['track_id'], var('song_values'), 'observed_at', types=var('song_types')) }}
