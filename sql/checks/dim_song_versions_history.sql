-- one row per mistake in the history of a song: versions with an overlap, no time or no difference, or two current versions
{{ config(severity='error') }}

{{ history_mistakes('dim_song_versions', ['track_id'], var('song_values'), can_end=true, types=var('song_types')) }}
