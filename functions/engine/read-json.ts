import { topOf } from '../validation/index.ts';
import { identifier, literal } from '../values/index.ts';
import { nestedColumns, recordStructure, topColumns } from './landed-columns.ts';
import { jsonFiles } from './read-files.ts';
import { longestRecord, type ReadGroup, type Reading } from './reading.ts';
import { list } from './sql-text.ts';

/**
 * DuckDB changes how numbers are written (1.10 becomes 1.1, and long ones go through a double), so each number is put in quotes
 * before parsing. A match includes everything before the number, above all whole strings, so it never starts inside a string.
 * The last match is the rest after the last number; it adds two quotes, which the slice removes.
 */
const numbersAsTexts = (json: string): string =>
  `regexp_replace(${json}, '((?:[^"0-9-]|"(?:[^"\\\\]|\\\\.)*")*)(-?[0-9][0-9.eE+-]*|$)', '\\1"\\2"', 'g')[:-3]`;

/** Reads JSON lines and JSON arrays whose records were validated; a key that a record lacks is NULL. */
export const jsonReading = (group: ReadGroup, columns: readonly string[]): Reading => {
  const record = `from_json(texts, ${recordStructure(columns)})`;
  const texts = `select filename, ${numbersAsTexts('json')} as texts from ${readObjects(group)}`;
  return {
    relation: `(select filename, texts, ${record} as record from (${texts}))`,
    path: 'landed.filename',
    columns: nestedColumns(columns, (key) => `landed.record.${identifier(key)}`),
    unknown: unknownTexts(group, columns),
  };
};

const readObjects = ({ facts: { format }, files }: ReadGroup): string =>
  jsonFiles(
    files.map(({ path }) => path),
    { isArray: format === 'json', longestRecord },
  );

/** If a known object has a new key in some record, the whole object is kept, too. */
const unknownTexts = ({ facts: { header } }: ReadGroup, columns: readonly string[]): string => {
  const known = new Set(columns);
  const changed = new Set(header.filter((name) => !known.has(name)).map(topOf));
  const plain = topColumns(columns).filter((name) => !changed.has(name));
  const members = 'map_entries(cast(cast(landed.texts as json) as map(varchar, varchar)))';
  const others =
    plain.length === 0
      ? members
      : `list_filter(${members}, lambda m: m.key not in ${list(plain.map(literal))})`;
  return `nullif(cast(to_json(map_from_entries(${others})) as varchar), '{}')`;
};
