{# The engine's name for a 64-bit binary float. #}
{% macro double() -%}
{{ 'double' if target.type == 'spark' else 'double precision' }}
{%- endmacro %}
