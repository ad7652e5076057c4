{# Under dbt every run is a full run: only the pipeline knows what a rebuild touches. #}
{% macro is_incremental() -%}
{{ return(false) }}
{%- endmacro %}
