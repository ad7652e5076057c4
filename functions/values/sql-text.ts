/** An identifier as DuckDB, Redshift and, with ANSI quotes, Spark read it. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text literal of standard SQL, as DuckDB and Redshift read it: a backslash in it is a backslash. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
