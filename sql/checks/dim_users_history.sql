-- one row per mistake in the history of a user: versions with a gap, an overlap, no time or no difference, or not one current version
{{ config(severity='error') }}

{%- set said = ['user_lastname', 'user_name', 'place_name', 'country_code', 'timezone', 'latitude', 'longitude', 'user_since'] %}

{{ history_mistakes('dim_users', ['user_id'], said) }}
