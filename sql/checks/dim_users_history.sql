-- one row per mistake in the history of a user: versions with a gap, an overlap, no time or no difference, or not one current version
{{ config(severity='error') }}

{{ history_mistakes('dim_users', ['user_id'], var('user_values')) }}
