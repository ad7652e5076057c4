import { identifier } from '../values/index.ts';
import { csvFiles } from './read-files.ts';
import { longestRecord, type ReadGroup, type Reading, textsObject } from './reading.ts';

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
 * DuckDB guesses nothing: columns are numbered (a header may have the same name in another case), the header is a record, and
 * strict mode means RFC 4180. Strict mode cannot read mixed line ends, and finds no rows if a name in the header has a line
 * break; then the other mode is used, since the validator has already rejected what it would accept wrongly. With CRLF set,
 * that mode also accepts LF, and never reads one CRLF as two ends. A parallel reader may cut records wrongly that span lines,
 * or that end with CRLF where others do not.
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
