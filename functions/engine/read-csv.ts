import { longestRecord, pathList, type ReadGroup, type Reading, textsObject } from './reading.ts';
import { identifier, literal } from './sql-text.ts';

/** DuckDB's buffer must be larger than the longest record. */
const readBuffer = 2 * longestRecord;

/** Reads CSV; a column that a file lacks is NULL. */
export const csvReading = (group: ReadGroup, columns: readonly string[]): Reading => {
  const { header } = group.facts;
  const known = new Set(columns);
  const text = (name: string): string => `landed.c${header.indexOf(name)}`;
  const others = header.filter((name) => !known.has(name));
  return {
    relation: readCsv(group),
    path: 'landed.filename',
    columns: columns.map((name) => {
      const value = header.includes(name) ? text(name) : 'cast(null as varchar)';
      return `${value} as ${identifier(name)}`;
    }),
    unknown: textsObject(others.map((name) => [name, text(name)])),
  };
};

/**
 * DuckDB guesses nothing: columns are numbered (a header may repeat a name in another case), the header is one record,
 * its strict mode is RFC 4180. In strict mode it cannot read line ends of both kinds, and finds no row under a header with a
 * line break in a name; the judge has already refused what the other mode would let pass. Told of CRLF, that mode takes LF as
 * well and never one CRLF for two ends. A record
 * that spans lines, or one that ends with CRLF where others do not, may be cut wrongly by a parallel reader.
 */
const readCsv = (group: ReadGroup): string => {
  const { facts } = group;
  const isMixed = facts.line_end === 'mixed' || facts.header.some((name) => /[\r\n]/.test(name));
  const options = [
    'auto_detect = false',
    `columns = {${facts.header.map((_, position) => `'c${position}': 'varchar'`).join(', ')}}`,
    'header = true',
    `delim = ${literal(facts.delimiter)}`,
    `quote = ${literal(facts.quote)}`,
    `escape = ${literal(facts.quote)}`,
    "comment = ''",
    "nullstr = ''",
    'allow_quoted_nulls = true',
    `strict_mode = ${!isMixed}`,
    ...(isMixed ? ["new_line = '\\r\\n'"] : []),
    `parallel = ${!facts.multiline && !isMixed}`,
    `compression = ${literal(facts.compression)}`,
    `max_line_size = ${longestRecord}`,
    `buffer_size = ${readBuffer}`,
    'filename = true',
  ];
  return `read_csv(${pathList(group)}, ${options.join(', ')})`;
};
