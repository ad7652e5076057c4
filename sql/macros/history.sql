{# The versions of things (slowly changing dimension, type 2), from rows that say what was observed of them and when: the columns of
   `key`, the `columns`, `valid_from`, `valid_to` (exclusive) and `is_current`. It depends on the rows alone, not on their order.
   `at` is the moment of an observation. Of rows with the same key and moment the one with the greatest `order` counts, then the
   greatest hash of `columns`, without floats, then the greatest floats; `at` and `order` are never NULL. A version begins with the first observation that differs from the
   one before; NULL differs from every value. The first version begins in 1900, and the last one has no end (9999-12-31).
   `snapshots`: the dataset whose pulled files are snapshots, each a list of all things that exist at its moment. Then a version ends when
   its thing is absent from a snapshot, and a thing that returns begins a new one; the relation needs `landed_file`. Other files say
   nothing about what they lack. `types` as in `key_text`. No column may begin with `history_`. #}
{% macro history(relation, key, columns, at, order, snapshots='', types={}) -%}
{%- set keys = key | join(', ') -%}
{%- set values = columns | join(', ') -%}
{%- set own = namespace(exact=[], floats=[]) -%}
{%- for column in columns -%}
{%- if column in types and types[column] == 'double precision' %}{% set own.floats = own.floats + [column] %}{% else %}{% set own.exact = own.exact + [column] %}{% endif -%}
{%- endfor -%}
(
  with history_observed as (
    select
      {{ keys }}, {{ values }},
      {% for column in order %}{{ column }} as history_order_{{ loop.index }}, {% endfor %}
      {{ key_text(columns, types) }} as history_said,
      {% if own.floats %}md5({{ key_text(own.exact, types) }}) as history_hash,{% endif %}
      {% if snapshots %}case when {{ is_pulled('landed_file', snapshots) }} then 1 else 0 end as history_is_snapshot,{% endif %}
      greatest({{ at }}, timestamp '1900-01-01 00:00:00') as history_moment,
      {{ at }} as history_exact_moment
    from {{ relation }}
  ),

  history_ranked as (
    select
      {{ keys }}, {{ values }}, history_said, history_moment,
      row_number() over (
        partition by {{ keys }}, history_moment
        order by history_exact_moment desc, {% for column in order %}history_order_{{ loop.index }} desc, {% endfor %}{% if own.floats %}history_hash desc, {% for column in own.floats %}case when {{ column }} is null then 0 else 1 end desc, {{ column }} desc{{ '' if loop.last else ', ' }}{% endfor %}{% else %}md5(history_said) desc{% endif %}
      ) as history_place
    from history_observed
  ),

  {%- if snapshots %}

  history_present as (
    select
      {{ keys }}, {{ values }}, history_said, history_moment,
      lead(history_moment) over (partition by {{ keys }} order by history_moment) as history_next_present
    from history_ranked
    where history_place = 1
  ),

  history_moments as (
    select history_moment, max(history_is_snapshot) as history_is_snapshot
    from history_observed
    group by history_moment
  ),

  history_snapshots as (
    select
      history_moment,
      min(case when history_is_snapshot = 1 then history_moment end) over (
        order by history_moment rows between 1 following and unbounded following
      ) as history_next_snapshot
    from history_moments
  ),

  history_events as (
    select {{ keys }}, {{ values }}, history_said, history_moment, 0 as history_is_gone
    from history_present
    union all
    select {% for column in key %}history_present.{{ column }}, {% endfor %}{% for column in columns %}history_present.{{ column }}, {% endfor %}'' as history_said, history_snapshots.history_next_snapshot, 1 as history_is_gone
    from history_present
    inner join history_snapshots on history_snapshots.history_moment = history_present.history_moment
    where history_snapshots.history_next_snapshot is not null
      and (history_present.history_next_present is null or history_present.history_next_present > history_snapshots.history_next_snapshot)
  ),
  {%- else %}

  history_events as (
    select {{ keys }}, {{ values }}, history_said, history_moment, 0 as history_is_gone
    from history_ranked
    where history_place = 1
  ),
  {%- endif %}

  history_compared as (
    select
      {{ keys }}, {{ values }}, history_said, history_moment, history_is_gone,
      lag(history_said) over (partition by {{ keys }} order by history_moment) as history_said_before
    from history_events
  ),

  history_bounded as (
    select
      {{ keys }}, {{ values }}, history_moment, history_is_gone,
      lag(history_moment) over (partition by {{ keys }} order by history_moment) as history_moment_before,
      lead(history_moment) over (partition by {{ keys }} order by history_moment) as history_next_moment
    from history_compared
    where history_said_before is null or history_said_before <> history_said
  )

  select
    {{ keys }}, {{ values }},
    case when history_next_moment is null then true else false end as is_current,
    case when history_moment_before is null then timestamp '1900-01-01 00:00:00' else history_moment end as valid_from,
    coalesce(history_next_moment, timestamp '9999-12-31 00:00:00') as valid_to
  from history_bounded
  where history_is_gone = 0
)
{%- endmacro %}
