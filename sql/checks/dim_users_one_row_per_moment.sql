-- one row per user that differs between rows of the same moment: the one that landed last counts, then the one with the greatest hash
{{ config(severity='warn') }}

{%- set said = ['user_lastname', 'user_name', 'place_name', 'country_code', 'timezone', 'latitude', 'longitude', 'user_since'] %}

{{ different_rows('stg_users', ['user_id'], said, 'observed_at') }}
