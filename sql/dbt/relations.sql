{# Relations with the pipeline's names, schema and name: dbt would add a database and quotes. #}
{% macro ref() -%}
{{ return(as_pipeline_names(builtins.ref(*varargs, **kwargs))) }}
{%- endmacro %}

{# A landed relation belongs to the running job; everything else is a table. #}
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
