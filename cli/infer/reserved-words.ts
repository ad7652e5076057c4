/**
 * Words that cannot be plain column names in PostgreSQL (whose parser checks all SQL), DuckDB or Redshift (Spark allows any),
 * and names that the lake and its macros use.
 */
export const reservedWords: ReadonlySet<string> = new Set(
  `aes128 aes256 all allowoverwrite analyse analyze and anti any array as asc asof asymmetric at authorization az64 backup between
  binary blanksasnull both by bytedict bzip2 case cast check collate collation column concurrently constraint create credentials
  cross current_catalog current_date current_role current_schema current_time current_timestamp current_user current_user_id
  default deferrable deflate defrag delta delta32k desc describe disable distinct do else emptyasnull enable encode encrypt
  encryption end except explicit false fetch for foreign freeze from full glob globaldict256 globaldict64k grant group gzip having
  identity ignore ilike in initially inner intersect interval into is isnull join lambda language lateral leading left like limit
  localtime localtimestamp lun luns lzo lzop minus mostly16 mostly32 mostly8 natural new not notnull null nulls off offline offset
  oid old on only open or order outer overlaps parallel partition percent permissions pivot pivot_longer pivot_wider placing
  positional primary qualify raw readratio recover references rejectlog resort respect restore returning right select semi
  session_user show similar snapshot some summarize symmetric sysdate system system_user table tablesample tag tdes text255
  text32k then timestamp to top trailing true truncatecolumns union unique unpack unpivot user using values variadic verbose
  wallet when where window with without
  batch_id item item_number landed landed_at landed_file landed_version unknown_fields`.split(/\s+/),
);
