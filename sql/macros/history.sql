{# The versions of things (slowly changing dimension, type 2), from rows that say what was observed of them and when: the columns of
   `key`, the `columns`, `valid_from`, `valid_to` (exclusive) and `is_current`. It depends on the rows alone, not on their order.
   `at` is the moment of an observation. Of rows with the same key and moment the one with the greatest `order` counts, then the
   greatest hash of `columns`; `at` and `order` are never NULL. A version begins with the first observation that differs from the
   one before; NULL differs from every value. The first version begins in 1900, and the last one has no end (9999-12-31).
   `snapshots=true`: the rows of one moment are all things that exist then. A version ends when its thing is absent, and a thing that
   returns begins a new one. #}
{% macro history(relation, key, columns, at, order, snapshots=false) -%}
{%- set keys = key | join(', ') -%}
{%- set values = columns | join(', ') -%}
(
  with observed as (
    select
      {{ keys }}, {{ values }},
      {% for column in order %}{{ column }} as order_{{ loop.index }}, {% endfor %}
      {{ key_text(columns) }} as said,
      greatest({{ at }}, timestamp '1900-01-01 00:00:00') as moment,
      {{ at }} as exact_moment
    from {{ relation }}
  ),

  ranked as (
    select
      {{ keys }}, {{ values }}, said, moment,
      row_number() over (
        partition by {{ keys }}, moment
        order by exact_moment desc, {% for column in order %}order_{{ loop.index }} desc, {% endfor %}md5(said) desc
      ) as place
    from observed
  ),

  {%- if snapshots %}

  present as (
    select
      {{ keys }}, {{ values }}, said, moment,
      lead(moment) over (partition by {{ keys }} order by moment) as next_present
    from ranked
    where place = 1
  ),

  moments as (
    select moment, lead(moment) over (order by moment) as next_moment
    from (select distinct moment from ranked) as every_moment
  ),

  events as (
    select {{ keys }}, {{ values }}, said, moment, 0 as is_gone
    from present
    union all
    select {% for column in key %}present.{{ column }}, {% endfor %}{% for column in columns %}present.{{ column }}, {% endfor %}'' as said, moments.next_moment, 1 as is_gone
    from present
    inner join moments on moments.moment = present.moment
    where moments.next_moment is not null and (present.next_present is null or present.next_present > moments.next_moment)
  ),
  {%- else %}

  events as (
    select {{ keys }}, {{ values }}, said, moment, 0 as is_gone
    from ranked
    where place = 1
  ),
  {%- endif %}

  compared as (
    select
      {{ keys }}, {{ values }}, said, moment, is_gone,
      lag(said) over (partition by {{ keys }} order by moment) as said_before
    from events
  ),

  bounded as (
    select
      {{ keys }}, {{ values }}, moment, is_gone,
      lag(moment) over (partition by {{ keys }} order by moment) as moment_before,
      lead(moment) over (partition by {{ keys }} order by moment) as next_moment
    from compared
    where said_before is null or said_before <> said
  )

  select
    {{ keys }}, {{ values }},
    case when next_moment is null then true else false end as is_current,
    case when moment_before is null then timestamp '1900-01-01 00:00:00' else moment end as valid_from,
    coalesce(next_moment, timestamp '9999-12-31 00:00:00') as valid_to
  from bounded
  where is_gone = 0
)
{%- endmacro %}
