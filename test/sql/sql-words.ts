/** Words that mean something to SQL engines and may be names of columns in a file. */
export const sqlWords: readonly string[] =
  `
  add after all alter always analyze and anti any archive array as asc asensitive at authorization begin between bigint
  binary boolean both bucket buckets by byte cache call cascade case cast catalog change char character check clear cluster
  coalesce collate collation column columns comment commit compact compute concatenate constraint copy cost count create cross
  cube current current_date current_time current_timestamp current_user data database date datediff day day_of_week days dec decimal
  declare default define delete delimited desc describe detail dfs directory distinct distribute div do double drop duration
  else end escape escaped except exchange excluded execute exists explain export extended external extract false fetch fields
  filter first float following for foreign format formatted from full function functions generated global grant group grouping
  having hour hours identifier if ignore immediate import in include increment index initially inner inpath insert int integer
  intersect interval into is isnull items join json key keys language last lateral lazy leading left level like limit lines list
  local location lock locks logical long macro map matched merge metadata microsecond millisecond minus minute mod month months
  name names namespace natural new no none not notnull null nulls numeric object of offset offsets old on only option options or
  order out outer overlaps overlay overwrite owner partition partitioned percent pivot placing position preceding precision
  primary privileges properties purge qualify quarter query range rank real rebuild recordreader recover recursive reduce
  references refresh rename repair replace reset respect restrict returning revoke right rlike role roles rollback rollup row
  rows sample schema second select semi sequence serde session_user set sets share short show similar size skewed smallint some
  sort sorted source start state statistics status stored string struct substr substring summarize symmetric sync system table
  tables tablesample target temp temporary text then time timestamp timestampadd timestampdiff timestamp_ntz tinyint title to
  touch trailing transaction transform trim true truncate try_cast type types uid unbounded uncache union unique unknown unlock
  unpivot unset update uri url use user users using uuid value values varchar variadic vars verbose version view views void when
  where window with within without work xor year years zone asof concurrently current_catalog current_schema freeze glob ilike lambda pivot_longer pivot_wider positional system_user unpack`.match(
    /\S+/g,
  ) ?? [];
