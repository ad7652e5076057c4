-- one row per user that differs between rows of the same moment: the one that landed last counts, then the one with the greatest hash
{{ config(severity='warn') }}

{{ different_rows('stg_users', ['user_id'], var('user_values'), 'observed_at') }}
