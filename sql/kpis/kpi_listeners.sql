-- one row per listener, over all their days
{{ config(meta={
  'key': ['user_id'],
  'partition': 'user_id',
  'kpi': [{
    'pk': 'LISTENER#{user_id}',
    'sk': '{seq}',
    'publish': 'latest',
    'omit': ['user_id']
  }]
}) }}

with listeners as (
  select user_id
  from {{ spine('fact_listens', 'user_id') }}
),

totals as (
  select
    user_id,
    count(*) as listens,
    sum(duration_ms) as listening_ms,
    count(distinct listen_date) as active_days,
    min(listen_date) as first_day,
    max(listen_date) as last_day
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'user_id') }}
  group by user_id
),

final as (
  select
    cast(listeners.user_id as bigint) as user_id,
    cast(coalesce(totals.listens, 0) as bigint) as listens,
    cast(coalesce(totals.listening_ms, 0) as decimal(38, 0)) as listening_ms,
    cast(coalesce({{ half_up_ratio('totals.listening_ms', 'totals.listens') }}, 0) as decimal(38, 2)) as avg_listening_ms,
    cast(coalesce(totals.active_days, 0) as bigint) as active_days,
    cast(coalesce({{ half_up_ratio('totals.listening_ms', 'totals.active_days') }}, 0) as decimal(38, 2)) as avg_listening_ms_per_day,
    cast(totals.first_day as date) as first_day,
    cast(totals.last_day as date) as last_day
  from listeners
  left join totals on totals.user_id = listeners.user_id
)

select * from final
