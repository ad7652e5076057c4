-- one row per artist_id with more than one row in dim_artists
{{ config(severity='error') }}

{{ repeated_keys('dim_artists', ['artist_id']) }}
