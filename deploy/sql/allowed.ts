/** The portable subset of SQL: words with the same meaning on Redshift, DuckDB and, in `sql/silver/`, Spark. */

/** Functions, lower case. */
export const allowedFunctions: ReadonlySet<string> = new Set([
  ...['count', 'sum', 'min', 'max', 'stddev_samp', 'percentile_cont', 'bool_or', 'bool_and'],
  ...['row_number', 'rank', 'dense_rank', 'ntile', 'lag', 'lead', 'first_value', 'last_value'],
  ...[
    'upper',
    'lower',
    'btrim',
    'ltrim',
    'rtrim',
    'replace',
    'translate',
    'left',
    'right',
    'reverse',
    'chr',
    'lpad',
  ],
  ...['position', 'substring', 'split_part', 'length', 'md5', 'like_escape'],
  ...['extract', 'date_trunc', 'last_day', 'round', 'abs', 'mod', 'floor', 'ceil'],
]);

/** What to use instead of rejected functions. */
export const functionHints: Readonly<Record<string, string>> = {
  avg: 'half_up_ratio of a sum and a count',
  any_value: 'min or max',
  concat: '|| with coalesce',
  date_part: 'extract',
  datediff: 'cast(later - earlier as integer) for dates',
  generate_series: 'the digits macro, cross joined',
  ifnull: 'coalesce',
  listagg: 'rows, or a macro',
  median: 'percentile_cont(0.5) within group',
  now: 'a column of the data: never the processing time',
  nvl: 'coalesce',
  random: 'an order by columns of the data',
  regexp_replace: 'replace or translate; check patterns in the manifest',
  string_agg: 'rows, or a macro',
  substr: 'substring(x from start for length)',
  timezone: 'UTC throughout',
  to_char: 'extract, cast and lpad',
  to_date: 'cast(x as date)',
};

/** Types by the parser's names, as written in a cast; all others are rejected. */
export const allowedTypes: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  varchar: 'varchar',
  numeric: 'decimal',
  date: 'date',
  timestamp: 'timestamp',
  bool: 'boolean',
  float8: 'double precision',
  interval: 'interval',
};

/** What to use instead of rejected types. */
export const typeHints: Readonly<Record<string, string>> = {
  text: 'varchar(n)',
  bpchar: 'varchar(n)',
  float4: 'decimal(p,s)',
  timestamptz: 'timestamp, in UTC',
  uuid: 'varchar(36)',
  json: 'columns, exploded in sql/silver by a macro',
};

/** Operators. */
export const allowedOperators: ReadonlySet<string> = new Set([
  '+',
  '-',
  '*',
  '/',
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '||',
  '~~',
  '!~~',
]);

/** Parts of a moment that every engine numbers alike. */
export const allowedParts: ReadonlySet<string> = new Set([
  'year',
  'quarter',
  'month',
  'week',
  'doy',
  'day',
  'hour',
  'minute',
]);

/** Forms of an expression with an operator, joins, sublinks and similar, by the parser's names. */
export const allowedForms: Readonly<Record<string, ReadonlySet<string>>> = {
  A_Expr: new Set([
    ...['AEXPR_OP', 'AEXPR_IN', 'AEXPR_LIKE', 'AEXPR_NULLIF', 'AEXPR_BETWEEN', 'AEXPR_NOT_BETWEEN'],
  ]),
  SubLink: new Set(['EXISTS_SUBLINK', 'ANY_SUBLINK', 'EXPR_SUBLINK']),
};

/** Node kinds that are allowed without conditions. */
export const plainNodes: ReadonlySet<string> = new Set([
  ...[
    'BoolExpr',
    'NullTest',
    'BooleanTest',
    'CaseExpr',
    'CaseWhen',
    'CoalesceExpr',
    'MinMaxExpr',
    'List',
    'Alias',
  ],
  ...['A_Star', 'String', 'Integer', 'Float', 'ResTarget', 'SortBy', 'GroupingSet', 'GroupingFunc'],
]);

/** Rejected node kinds in words, and what to use instead. */
export const nodeHints: Readonly<Record<string, string>> = {
  A_ArrayExpr: 'arrays differ: explode them in sql/silver by a macro',
  A_Indirection: 'arrays and rows differ: explode them in sql/silver by a macro',
  CollateClause: 'collations differ: leave it out',
  DeleteStmt: 'a model is one select: the rebuild deletes',
  InsertStmt: 'a model is one select: the rebuild inserts',
  IntoClause: 'a model is one select: the rebuild makes tables',
  LockingClause: 'leave locks to the warehouse',
  ParamRef: 'values must be known when the SQL is rendered: use var()',
  RangeFunction: 'functions in from differ: use the digits macro, cross joined',
  RangeTableSample: 'samples differ from run to run: leave it out',
  SQLValueFunction: 'the processing time or user is not in the data: use a column',
  UpdateStmt: 'a model is one select: the rebuild updates',
  CreateStmt: 'a model is one select: the rebuild makes tables',
  CreateTableAsStmt: 'a model is one select: the rebuild makes tables',
  DropStmt: 'a model is one select: nothing is dropped',
  TruncateStmt: 'a model is one select: nothing is truncated',
};
