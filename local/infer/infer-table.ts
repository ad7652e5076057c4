import { chooseLimits } from './column-limits.ts';
import { personalName } from './column-names.ts';
import type { ColumnProfile } from './column-profile.ts';
import { chooseType } from './column-type.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { readCsvRows } from './csv-rows.ts';
import type { Confidence, InferredColumn, InferredKey, InferredTable } from './inferred.ts';
import { KeySearch, keyCandidates, nearestKey, singleKey } from './keys.ts';
import { CannotInfer, dialectOf, type OnRead, readText } from './sample-file.ts';
import { TableProfile } from './table-profile.ts';
import { lookOf } from './text-shape.ts';
import { valueKind } from './value-kind.ts';

/** Files that are samples of one dataset. */
export type Samples = { readonly dataset: string; readonly paths: readonly string[] };

/**
 * Learns columns, types and keys of a dataset from every row of its files, in flat memory; throws `CannotInfer`.
 * Files are read once, and once more where no single column tells rows apart.
 */
export const inferTable = async ({ dataset, paths }: Samples, onRead: OnRead): Promise<InferredTable> => {
  const dialect = await commonDialect(paths);
  const profile = new TableProfile();
  for (const path of paths) {
    await readCsvRows(readText(path, onRead), dialect, profile);
    profile.endFile();
  }
  refuseValues(profile, paths);
  if (profile.rows === 0) throw new CannotInfer(`${paths.join(', ')} holds no row behind its header`);
  const columns = profile.columns.map((column) => inferColumn(column, profile, dataset));
  const key = singleKey(columns, dataset) ?? (await searchKey(columns, paths, dialect, onRead));
  return {
    ...dialect,
    dataset,
    paths,
    columns,
    key,
    rows: profile.rows,
    isRagged: columns.some(({ name }) => !profile.isEverywhere(name)),
  };
};

const neverNames: readonly string[] = ['decimal', 'float', 'date', 'timestamp', 'zero_led', 'odd_number'];

/** A file without a header would lose its first row, and nobody could name its columns. */
const refuseValues = ({ columns }: TableProfile, paths: readonly string[]): void => {
  const places = columns.flatMap(({ name }, at) => (isValue(name) ? [at + 1] : []));
  if (places.length > 0)
    throw new CannotInfer(
      `the first line of ${paths[0]} holds values, not names of columns (see column ${places[0]}); put a header there`,
    );
};

const isValue = (name: string): boolean =>
  neverNames.includes(valueKind(name)) || ['mail', 'iban', 'uuid'].includes(lookOf(name) ?? '');

const commonDialect = async (paths: readonly string[]): Promise<CsvDialect> => {
  const dialects = await Promise.all(paths.map(dialectOf));
  const [first = { delimiter: ',', quote: '"' }] = dialects;
  const other = dialects.findIndex(({ delimiter }) => delimiter !== first.delimiter);
  if (other > 0)
    throw new CannotInfer(
      `${paths[0]} has the delimiter ${JSON.stringify(first.delimiter)} and ${paths[other]} ${JSON.stringify(dialects[other]?.delimiter)}; one dataset has one`,
    );
  return { delimiter: first.delimiter, quote: first.quote };
};

const inferColumn = (profile: ColumnProfile, table: TableProfile, dataset: string): InferredColumn => {
  const type = chooseType(profile);
  const personal = personalData(profile, type.type, dataset);
  return {
    name: profile.name,
    type,
    limits: chooseLimits(profile, type),
    required: profile.values > 0 && profile.empty === 0 && table.isEverywhere(profile.name),
    ...(personal !== undefined && { personal }),
    confidence: confidenceIn(profile, type.note !== undefined),
    profile,
  };
};

/** By look first, then by name; numbers, flags and dates are personal only where they are birth dates or the like. */
const personalData = (profile: ColumnProfile, type: string, dataset: string): string | undefined => {
  if (profile.looksLike('mail') > 0.9) return 'mail addresses';
  if (profile.looksLike('iban') > 0.9) return 'account or card numbers';
  if (profile.looksLike('phone') > 0.9) return 'phone numbers';
  if (profile.looksLike('address_ip') > 0.9) return 'network addresses';
  const named = personalName(profile.name, dataset);
  const isTextual = type === 'string' || named === 'birth dates' || named?.includes('numbers');
  return isTextual && type !== 'bool' ? named : undefined;
};

const confidenceIn = ({ values }: ColumnProfile, isNoted: boolean): Confidence => {
  if (values < 20) return 'low';
  return values < 100 || isNoted ? 'medium' : 'high';
};

const searchKey = async (
  columns: readonly InferredColumn[],
  paths: readonly string[],
  dialect: CsvDialect,
  onRead: OnRead,
): Promise<InferredKey> => {
  const search = new KeySearch(keyCandidates(columns));
  if (search.isOver) return nearestKey(columns);
  for (const path of paths) await readCsvRows(readText(path, onRead), dialect, search);
  const { found } = search;
  if (!found) return nearestKey(columns);
  const isEvent = columns.some(({ name, type }) => type.type === 'timestamp' && found.includes(name));
  return { columns: found, kind: isEvent ? 'event' : 'found' };
};
