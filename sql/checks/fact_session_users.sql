-- one row per sale with another user than exactly the version of its time, or the unknown user where there is none
{{ config(severity='error') }}

{{ wrong_members(
  'fact_session', ['session_id', 'item_number'], 'session_id', 'user_key', 'dim_users', {'user_id': 'user_id'}, at='session_start_time'
) }}
