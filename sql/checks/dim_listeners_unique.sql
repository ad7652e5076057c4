-- one row per user_id with more than one row in dim_listeners
{{ config(severity='error') }}

{{ repeated_keys('dim_listeners', ['user_id']) }}
