import type { SpecFile, TransformSpec } from '../pipeline/index.ts';
import { identifier, literal } from '../values/index.ts';
import type { EngineStore } from './engine.ts';
import { SpecMismatch, UnreadableFile } from './errors.ts';
import { asFields, type LandedColumn } from './field-columns.ts';
import { plainFiles } from './plain-files.ts';
import { csvReading } from './read-csv.ts';
import { pathPattern } from './read-files.ts';
import { jsonReading } from './read-json.ts';
import type { ReadGroup, Reading } from './reading.ts';
import type { Session } from './session.ts';
import { timestamp } from './sql-text.ts';

/**
 * Locates the object to read of every file (for some a copy of the accepted records), uncompresses gzip into `folder`, and
 * groups files that are read in the same way.
 */
export const groupFiles = async (
  store: EngineStore,
  files: readonly SpecFile[],
  folder: string,
): Promise<ReadGroup[]> => {
  const landed = files.map(async (file) => ({ ...file, path: await locate(store, file) }));
  const located = await plainFiles(await Promise.all(landed), folder);
  const groups = new Map<string, { files: typeof located; facts: SpecFile['facts'] }>();
  for (const file of located) {
    const group = groups.get(alike(file.facts)) ?? { files: [], facts: file.facts };
    group.files.push(file);
    groups.set(alike(file.facts), group);
  }
  return [...groups.values()];
};

const locate = (store: EngineStore, { key, version, object_key, clean_key }: SpecFile): Promise<string> =>
  clean_key === undefined ? store.locate(object_key ?? key, version) : store.locate(clean_key);

const alike = ({ format, delimiter, quote, header, line_end, multiline }: SpecFile['facts']) =>
  JSON.stringify(
    format === 'csv'
      ? [format, delimiter, quote, header, line_end === 'mixed', multiline]
      : [format, [...header].sort()],
  );

/**
 * Creates the view `landed_<dataset>`. Each column is a text or, if records are nested, consists of texts; an empty field, or a
 * column that a file lacks, is NULL. Further columns are `unknown_fields` and the lineage `landed_file`, `landed_version`,
 * `landed_at`, `batch_id`.
 */
export const createLanded = async (
  session: Session,
  spec: Pick<TransformSpec, 'batch' | 'dataset' | 'columns' | 'sources'>,
  groups: readonly ReadGroup[],
): Promise<void> => {
  await session.run(
    'create or replace temp table landed_files (path varchar, landed_file varchar, landed_version varchar, landed_at timestamp)',
  );
  await session.run(
    `insert into landed_files values ${groups.flatMap(({ files }) => files.map(lineageRow)).join(', ')}`,
  );
  const sources = new Map(Object.entries(spec.sources ?? {}));
  const columns = spec.columns.map((name) => ({ name, from: sources.get(name) ?? name }));
  const selects = groups.map((group) => landedSelect(group, columns, spec.batch));
  await session.run(
    `create or replace temp view ${landedName(spec.dataset)} as ${selects.join(' union all ')}`,
  );
};

/** The relation that a dataset's silver SQL reads. */
export const landedName = (dataset: string): string => identifier(`landed_${dataset}`);

const lineageRow = ({ path, key, version, landed_at }: ReadGroup['files'][number]): string =>
  `(${literal(path)}, ${literal(key)}, ${literal(version)}, ${timestamp(landed_at)})`;

const landedSelect = (group: ReadGroup, columns: readonly LandedColumn[], batch: string): string => {
  const { relation, path, columns: fields, unknown } = readingOf(group, columns);
  const entries = [
    ...fields,
    `${unknown} as unknown_fields`,
    'files.landed_file',
    'files.landed_version',
    'files.landed_at',
    `${literal(batch)} as batch_id`,
  ];
  return `select ${entries.join(', ')} from ${relation} as landed join landed_files as files on files.path = ${path}`;
};

const readingOf = (group: ReadGroup, columns: readonly LandedColumn[]): Reading => {
  const isNested = group.facts.format !== 'csv';
  const reading = readingInFile(
    group,
    columns.map(({ from }) => from),
  );
  const isRenamed = columns.some(({ name, from }) => name !== from);
  return isRenamed ? asFields(reading, columns, isNested) : reading;
};

/** Columns by their names in the file. */
const readingInFile = (group: ReadGroup, columns: readonly string[]): Reading => {
  const { format } = group.facts;
  if (format === 'parquet') throw new SpecMismatch('a Parquet file must be read through its validated copy');
  return format === 'csv' ? csvReading(group, columns) : jsonReading(group, columns);
};

/** Runs a reading of the landed files; an error about one names its key, never a local path or a value. */
export const readingLanded = async <Answer>(
  groups: readonly ReadGroup[],
  reading: () => Promise<Answer>,
): Promise<Answer> => {
  try {
    return await reading();
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const blamed = groups
      .flatMap(({ files }) => files)
      .filter(({ path }) => [path, pathPattern(path)].some((named) => message.includes(named)));
    if (blamed.length === 0) throw error;
    throw new UnreadableFile(
      blamed.map(({ key }) => key),
      error,
    );
  }
};
