-- one row per track_id with more than one row in dim_tracks
{{ config(severity='error') }}

{{ repeated_keys('dim_tracks', ['track_id']) }}
