import { csvFiles } from './read-files.ts';
import { longestRecord, type ReadGroup, type Reading, textsObject } from './reading.ts';
import { identifier } from './sql-text.ts';

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
 * line break in a name; the validator has already rejected what the other mode would let pass. Told of CRLF, that mode takes LF as
 * well and never one CRLF for two ends. A record
 * that spans lines, or one that ends with CRLF where others do not, may be cut wrongly by a parallel reader.
 */
const readCsv = ({ facts, files }: ReadGroup): string => {
  const isMixed = facts.line_end === 'mixed' || facts.header.some((name) => /[\r\n]/.test(name));
  return csvFiles(
    files.map(({ path }) => path),
    {
      columns: facts.header.length,
      delimiter: facts.delimiter,
      quote: facts.quote,
      isStrict: !isMixed,
      lineEnd: isMixed ? '\\r\\n' : undefined,
      isParallel: !facts.multiline && !isMixed,
      longestRecord,
    },
  );
};
