{# The values of a fact's column, or columns, in rows that the running rebuild touches: before it or after it. #}
{% macro affected(fact, columns) -%}
affected_{{ fact }}_{{ columns if columns is string else columns | join('_') }}
{%- endmacro %}

{# A condition that limits an incremental run to the rows that the rebuild touches; a full run keeps all rows. #}
{% macro where_affected(fact, column) -%}
{%- if is_incremental() -%}
where {{ column }} in (select {{ column }} from {{ affected(fact, column) }})
{%- endif -%}
{%- endmacro %}

{# Every value that a KPI must have a row for, including one whose rows are all gone, which then counts zero. #}
{% macro spine(fact, columns) -%}
{%- if is_incremental() -%}
{{ affected(fact, columns) }}
{%- else -%}
(select distinct {{ columns if columns is string else columns | join(', ') }} from {{ ref(fact) }}) as spine
{%- endif -%}
{%- endmacro %}
