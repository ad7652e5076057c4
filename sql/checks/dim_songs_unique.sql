-- one row per track_id with more than one row in dim_songs
{{ config(severity='error') }}

{{ repeated_keys('dim_songs', ['track_id']) }}
