-- one row per view whose sum of prices differs from that of fact_session
{{ config(severity='error') }}

{{ unequal_sums('fact_session', 'price', {
  'sales_per_artist_vw': 'total_sales',
  'sales_per_country_vw': 'total_sales',
  'user_activity_vw': 'total_spent',
  'music_preference_vw': 'total_sales',
  'fact_order_items': 'price'
}) }}
