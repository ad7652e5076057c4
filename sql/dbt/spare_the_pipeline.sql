{# Stops a build that would write where the pipeline's rebuilds write. On DuckDB the profile gives dbt its own file. #}
{% macro spare_the_pipeline() -%}
{%- set is_writing = flags.WHICH in ['build', 'run', 'clone', 'retry'] -%}
{%- if execute and is_writing and target.name == 'redshift' and target.schema == 'gold' -%}
{{ exceptions.raise_compiler_error('gold is the schema of the pipeline: set another one in REDSHIFT_SCHEMA') }}
{%- endif -%}
{%- endmacro %}
