-- one row per session_id with more than one row in dim_sessions
{{ config(severity='error') }}

{{ repeated_keys('dim_sessions', ['session_id']) }}
