-- one row per item of a session with more than one row in fact_session
{{ config(severity='error') }}

{{ repeated_keys('fact_session', ['session_id', 'item_number'], partition='session_id') }}
