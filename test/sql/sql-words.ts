/** Words that mean something to SQL engines and may be names of columns in a file. */
export const sqlWords: readonly string[] =
  `all any anti array as asof at authorization between bigint binary both by case cast coalesce collate column columns concurrently
  constraint cost create cross current_date current_schema current_timestamp current_user data date day day_of_week decimal default
  desc describe distinct div double else end except exchange exists extract false fetch filter float for freeze from full glob
  grant group having hour identifier ilike in index inner int interval into is isnull join key lambda language last lateral left
  like limit lists location map minus minute month name names natural no not notnull null nullif offset on only or order outer
  overlaps owner partition percent pivot placing position positional primary qualify query range rank recursive references
  returning right rlike role row rows schema second select semi session_user set show similar some sort source start string struct
  substring summarize sync table tablesample target temporary text then time timestamp timestamp_ntz title to trailing transform
  trim true type types uid union unique unpack unpivot user using uuid value values varchar version view void when where window
  with year zone`.match(/\S+/g) ?? [];
