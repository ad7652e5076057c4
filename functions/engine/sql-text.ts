/** An identifier as DuckDB quotes it. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text literal; DuckDB has no backslash escapes in it. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A timestamp literal in UTC from ISO 8601. */
export const timestamp = (iso: string): string =>
  `timestamp ${literal(new Date(iso).toISOString().replace('T', ' ').replace('Z', ''))}`;

/** A parenthesised list for `in`, `values` or a function's arguments. */
export const list = (items: readonly string[]): string => `(${items.join(', ')})`;

/** Identifiers, separated by commas. */
export const columnList = (names: readonly string[]): string => names.map(identifier).join(', ');
