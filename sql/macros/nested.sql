{# Rows of a landed relation, one per element of one of its arrays: `item`, and `item_number` from 1. A row whose array is empty
   or missing stays one row, with NULL in both. #}
{% macro explode(relation, array) -%}
{%- if target.type == 'duckdb' -%}
(
  select
    *,
    unnest(case when len({{ array }}) > 0 then {{ array }} else [null] end) as item,
    unnest(case when len({{ array }}) > 0 then range(1, len({{ array }}) + 1) else [null] end) as item_number
  from {{ relation }}
)
{%- elif target.type == 'spark' -%}
(
  select landed.*, exploded.item, exploded.position + 1 as item_number
  from {{ relation }} as landed
  lateral view outer posexplode(landed.{{ array }}) exploded as position, item
)
{%- else -%}
{{ relation }}
{%- endif -%}
{%- endmacro %}

{# One element of an array, counted from 1; NULL if there are fewer. #}
{% macro element(array, position) -%}
{%- if target.type == 'duckdb' -%}
{{ array }}[{{ position }}]
{%- elif target.type == 'spark' -%}
get({{ array }}, {{ position - 1 }})
{%- else -%}
{{ array }}
{%- endif -%}
{%- endmacro %}
