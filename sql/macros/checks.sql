{# The selects of checks of the same kind: a check is a comment, its severity and one call. A value of `key` is shown as the subject. #}

{# The columns of a key as one text; NULL is shown as a hyphen. #}
{% macro subject_of(key) -%}
{%- for column in key -%}
coalesce(cast({{ column }} as varchar(1024)), '-'){{ '' if loop.last else " || ' ' || " }}
{%- endfor -%}
{%- endmacro %}

{# Keys with more than one row. `partition`: that of a fact. #}
{% macro repeated_keys(model, key, partition='') -%}
with repeated as (
  select {{ key | join(', ') }}, count(*) as copies
  from {{ ref(model) }}
  {% if partition %}{{ where_affected(model, partition) }}{% endif %}
  group by {{ key | join(', ') }}
  having count(*) > 1
),

final as (
  select
    cast({{ subject_of(key) }} as varchar(1024)) as subject,
    cast(cast(copies as varchar(20)) || ' rows' as varchar(4096)) as detail
  from repeated
)

select * from final
{%- endmacro %}

{# Things of which a staging model has different rows with the same moment `at`. `types` as in key_text. #}
{% macro different_rows(model, key, columns, at, types={}) -%}
with different as (
  select {{ key | join(', ') }}, {{ at }}, count(distinct {{ surrogate_key(columns, types) }}) as contents
  from {{ ref(model) }}
  group by {{ key | join(', ') }}, {{ at }}
),

final as (
  select
    cast({{ subject_of(key) }} as varchar(1024)) as subject,
    cast(
      cast(contents as varchar(20)) || ' different rows of ' || cast({{ at }} as varchar(32)) as varchar(4096)
    ) as detail
  from different
  where contents > 1
)

select * from final
{%- endmacro %}

{# Mistakes in a dimension that the macro history computes: versions with a gap, an overlap, no time or no difference, or not one current
   version. `can_end`: snapshots end versions, so there may be gaps, and things without a current version. `types` as in key_text. #}
{% macro history_mistakes(model, key, columns, can_end=false, types={}) -%}
{%- set keys = key | join(', ') -%}
with versions as (
  select {{ keys }}, valid_from, valid_to, is_current, {{ surrogate_key(columns, types) }} as said
  from {{ ref(model) }}
),

compared as (
  select
    {{ keys }}, valid_from, valid_to, said,
    lag(valid_to) over (partition by {{ keys }} order by valid_from) as ended_before,
    lag(said) over (partition by {{ keys }} order by valid_from) as said_before
  from versions
),

living as (
  select
    {{ keys }}, sum(case when is_current then 1 else 0 end) as current_versions, min(valid_from) as first_from,
    max(valid_to) as last_to, max(case when is_current then valid_to else valid_from end) as current_to
  from versions
  group by {{ keys }}
),

mistakes as (
  select {{ keys }}, 'the version from ' || cast(valid_from as varchar(32)) || ' has no time' as mistake
  from compared
  where valid_from >= valid_to
  {%- if not can_end %}
  union all
  select {{ keys }}, 'there is a gap before ' || cast(valid_from as varchar(32))
  from compared
  where ended_before < valid_from
  {%- endif %}
  union all
  select {{ keys }}, 'there is an overlap from ' || cast(valid_from as varchar(32))
  from compared
  where ended_before > valid_from
  union all
  select {{ keys }}, 'the version from ' || cast(valid_from as varchar(32)) || ' equals the one before'
  from compared
  where said_before = said and ended_before = valid_from
  union all
  select {{ keys }}, cast(cast(current_versions as bigint) as varchar(20)) || ' versions are current'
  from living
  where current_versions {{ '>' if can_end else '<>' }} 1
  union all
  select {{ keys }}, 'the first version does not begin in 1900'
  from living
  where first_from <> timestamp '1900-01-01 00:00:00'
  union all
  select {{ keys }}, 'the current version is not the last one'
  from living
  where
    {%- if can_end %} current_versions = 0 and last_to = timestamp '9999-12-31 00:00:00' or current_versions > 0 and {% endif %} (current_to <> last_to or last_to <> timestamp '9999-12-31 00:00:00')
),

final as (
  select cast({{ subject_of(key) }} as varchar(1024)) as subject, cast(mistake as varchar(4096)) as detail
  from mistakes
)

select * from final
{%- endmacro %}

{# Rows of a fact that do not refer, by the column `member`, to exactly one row of a dimension: the one whose columns equal those of the
   fact (`on`, the dimension's columns first), or the unknown member where there is none. `at`: a moment of the fact, for a dimension with
   a history. The dimension's surrogate key has the same name as `member`. #}
{% macro wrong_members(fact, key, partition, member, dimension, on, at='') -%}
with facts as (
  select {{ key | join(', ') }}, {{ member }} as member
    {%- for own, held in on | dictsort %}, {{ held }} as held_{{ loop.index }}{% endfor %}
    {%- if at %}, {{ at }} as moment{% endif %}
  from {{ ref(fact) }}
  {{ where_affected(fact, partition) }}
),

joined as (
  select
    {% for column in key %}facts.{{ column }}, {% endfor %}
    case when facts.member = coalesce(members.{{ member }}, {{ unknown_key() }}) then 0 else 1 end as is_wrong
  from facts
  left join {{ ref(dimension) }} as members
    on {% for own, held in on | dictsort %}members.{{ own }} = facts.held_{{ loop.index }}{{ '' if loop.last else ' and ' }}{% endfor %}
    {%- if at %} and facts.moment >= members.valid_from and facts.moment < members.valid_to{% endif %}
),

counted as (
  select {{ key | join(', ') }}, count(*) as members, cast(sum(is_wrong) as bigint) as wrong
  from joined
  group by {{ key | join(', ') }}
),

final as (
  select
    cast({{ subject_of(key) }} as varchar(1024)) as subject,
    cast(
      cast(members as varchar(20)) || ' rows of {{ dimension }} fit, {{ member }} is wrong in ' || cast(wrong as varchar(20))
      as varchar(4096)
    ) as detail
  from counted
  where members > 1 or wrong > 0
)

select * from final
{%- endmacro %}

{# Values of a fact's column `per` with a greater share of unknown members than `percent`. #}
{% macro unknown_members(fact, member, per, percent) -%}
with totals as (
  select
    {{ per }}, count(*) as facts, sum(case when {{ member }} = {{ unknown_key() }} then 1 else 0 end) as unknown
  from {{ ref(fact) }}
  {{ where_affected(fact, per) }}
  group by {{ per }}
),

final as (
  select
    cast({{ subject_of([per]) }} as varchar(1024)) as subject,
    cast(
      '{{ member }} is unknown in ' || cast(cast(unknown as bigint) as varchar(20)) || ' of ' || cast(facts as varchar(20)) || ' rows'
      as varchar(4096)
    ) as detail
  from totals
  where 100 * unknown > {{ percent }} * facts
)

select * from final
{%- endmacro %}

{# Views whose sum differs from that of a fact's column. `views`: for each the column that holds the sums. #}
{% macro unequal_sums(fact, measure, views) -%}
with sums as (
  {%- for view, column in views | dictsort %}
  {{ 'union all ' if not loop.first }}select cast('{{ view }}' as varchar(128)) as relation, sum({{ column }}) as total
  from {{ ref(view) }}
  {%- endfor %}
),

facts as (
  select sum({{ measure }}) as total
  from {{ ref(fact) }}
),

final as (
  select
    cast(sums.relation as varchar(1024)) as subject,
    cast(
      'its sum is ' || cast(cast(coalesce(sums.total, 0) as decimal(38, 2)) as varchar(40)) || ', that of {{ fact }} '
      || cast(cast(coalesce(facts.total, 0) as decimal(38, 2)) as varchar(40)) as varchar(4096)
    ) as detail
  from sums
  cross join facts
  where coalesce(sums.total, 0) <> coalesce(facts.total, 0)
)

select * from final
{%- endmacro %}
