-- one row per user_key with more than one row in dim_users
{{ config(severity='error') }}

{{ repeated_keys('dim_users', ['user_key']) }}
