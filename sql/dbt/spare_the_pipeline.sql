{# Stops a build that would write where the pipeline's rebuilds write: on DuckDB the profile gives dbt a file of its own. #}
{% macro spare_the_pipeline() -%}
{%- set is_writing = flags.WHICH in ['build', 'run', 'clone', 'retry'] -%}
{%- if execute and is_writing and target.name == 'redshift' and target.schema == 'gold' -%}
{{ exceptions.raise_compiler_error('gold is the schema of the pipeline: name one of your own in REDSHIFT_SCHEMA') }}
{%- endif -%}
{%- endmacro %}
