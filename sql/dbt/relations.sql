{# Relations as the pipeline names them, schema and name: dbt would put a database in front and quotes around. #}
{% macro ref() -%}
{{ return(as_pipeline_names(builtins.ref(*varargs, **kwargs))) }}
{%- endmacro %}

{# What landed is a relation of the running job; everything else is a table. #}
{% macro source(schema, table) -%}
{%- set relation = builtins.source(schema, table) -%}
{%- if schema == 'landed' -%}
{{ return('landed_' ~ table) }}
{%- endif -%}
{{ return(as_pipeline_names(relation)) }}
{%- endmacro %}

{% macro as_pipeline_names(relation) -%}
{{ return(relation.include(database=false).quote(schema=false, identifier=false)) }}
{%- endmacro %}
