-- one row per month in which more than one sale in a hundred has a user that has not arrived
{{ config(severity='warn') }}

{{ unknown_members('fact_session', 'user_key', per='sales_month', percent=1) }}
