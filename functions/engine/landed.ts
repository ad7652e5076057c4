import type { SpecFile } from '../domain/spec.ts';
import type { EngineStore } from './engine.ts';
import { UnreadableFile } from './errors.ts';
import type { Session } from './session.ts';
import { identifier, literal, timestamp } from './sql-text.ts';

/** Files of a batch with the same facts, so that one `read_csv` reads them all. */
export type ReadGroup = {
  readonly files: readonly (SpecFile & { readonly path: string })[];
  readonly facts: SpecFile['facts'];
};

/** Locates every file and groups those that are read alike. */
export const groupFiles = async (store: EngineStore, files: readonly SpecFile[]): Promise<ReadGroup[]> => {
  const located = await Promise.all(
    files.map(async (file) => ({ ...file, path: await locate(store, file) })),
  );
  const groups = new Map<string, { files: typeof located; facts: SpecFile['facts'] }>();
  for (const file of located) {
    const group = groups.get(reading(file.facts)) ?? { files: [], facts: file.facts };
    group.files.push(file);
    groups.set(reading(file.facts), group);
  }
  return [...groups.values()];
};

/** A clean copy holds what is to be read of a file, if there is one; its text never changes. */
const locate = (store: EngineStore, { key, version, clean_key }: SpecFile): Promise<string> =>
  clean_key === undefined ? store.locate(key, version) : store.locate(clean_key);

const reading = ({ compression, delimiter, quote, header, line_end, multiline }: SpecFile['facts']): string =>
  JSON.stringify([compression, delimiter, quote, header, line_end === 'mixed', multiline]);

/**
 * Creates the view `landed_<dataset>`: each of the columns as text, an empty field or a column that a file lacks as
 * NULL, and the lineage `landed_file`, `landed_version`, `landed_at`, `batch_id`.
 */
export const createLanded = async (
  session: Session,
  spec: { batch: string; dataset: string; columns: readonly string[] },
  groups: readonly ReadGroup[],
): Promise<void> => {
  await session.run(
    'create or replace temp table landed_files (path varchar, landed_file varchar, landed_version varchar, landed_at timestamp)',
  );
  await session.run(
    `insert into landed_files values ${groups.flatMap(({ files }) => files.map(lineageRow)).join(', ')}`,
  );
  const selects = groups.map((group) => landedSelect(group, spec.columns, spec.batch));
  await session.run(
    `create or replace temp view ${landedName(spec.dataset)} as ${selects.join(' union all ')}`,
  );
};

/** The relation that a dataset's silver SQL reads. */
export const landedName = (dataset: string): string => identifier(`landed_${dataset}`);

const lineageRow = ({ path, key, version, landed_at }: ReadGroup['files'][number]): string =>
  `(${literal(path)}, ${literal(key)}, ${literal(version)}, ${timestamp(landed_at)})`;

const landedSelect = (group: ReadGroup, columns: readonly string[], batch: string): string => {
  const fields = columns.map((name) => {
    const position = group.facts.header.indexOf(name);
    return `${position < 0 ? 'cast(null as varchar)' : `csv.c${position}`} as ${identifier(name)}`;
  });
  const lineage = [
    'files.landed_file',
    'files.landed_version',
    'files.landed_at',
    `${literal(batch)} as batch_id`,
  ];
  return `select ${[...fields, ...lineage].join(', ')} from ${readCsv(group)} as csv join landed_files as files on files.path = csv.filename`;
};

/** Longest record that is read, the most that a manifest may allow and its line end; DuckDB's buffer must be larger. */
const longestRecord = 16 * 2 ** 20 + 1_024;
const readBuffer = 2 * longestRecord;

/**
 * DuckDB guesses nothing: columns are numbered (a header may repeat a name in another case), the header is one record,
 * its strict mode is RFC 4180. It cannot read line ends of both kinds in strict mode, and the judge has already refused
 * what the other mode would let pass; told of CRLF, that mode takes LF as well and never one CRLF for two ends. A record
 * that spans lines, or one that ends with CRLF where others do not, may be cut wrongly by a parallel reader.
 */
const readCsv = ({ files, facts }: ReadGroup): string => {
  const paths = new Set(files.map(({ path }) => literal(path)));
  const isMixed = facts.line_end === 'mixed';
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
  return `read_csv([${[...paths].join(', ')}], ${options.join(', ')})`;
};

/** Runs a reading of the landed files; a complaint about one names its key, never a local path or a value. */
export const readingLanded = async <Answer>(
  groups: readonly ReadGroup[],
  reading: () => Promise<Answer>,
): Promise<Answer> => {
  try {
    return await reading();
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const blamed = groups.flatMap(({ files }) => files).filter(({ path }) => message.includes(path));
    if (blamed.length === 0) throw error;
    throw new UnreadableFile(
      blamed.map(({ key }) => key),
      error,
    );
  }
};
