import { inferColumn } from './column.ts';
import { chooseType } from './column-type.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { readCsvRows } from './csv-rows.ts';
import { fieldNames } from './field-names.ts';
import type { InferredTable, Samples } from './inferred.ts';
import { chooseKey } from './keys.ts';
import { CannotInfer, dialectOf, noField, noRow, type OnRead, readText } from './sample-file.ts';
import { plainColumn, silverColumns } from './silver-columns.ts';
import { TableProfile } from './table-profile.ts';
import { lookOf } from './text-shape.ts';
import { sourceProblem, type Unnamed } from './unnamed.ts';
import { unreadReasons } from './unread.ts';
import { valueKind } from './value-kind.ts';

/** Learns a dataset from CSV files; throws `CannotInfer`. */
export const inferCsv = async ({ dataset, paths }: Samples, onRead: OnRead): Promise<InferredTable> => {
  const dialect = await commonDialect(paths);
  const profile = new TableProfile();
  for (const path of paths) {
    await readCsvRows(readText(path, onRead), dialect, profile);
    profile.endFile();
  }
  if (profile.rows === 0) await rejectUnread(paths, dialect, onRead);
  rejectValues(profile, paths);
  const beyond = profile.columns.flatMap(({ name }): Unnamed[] => {
    const why = sourceProblem(name);
    return why === undefined ? [] : [{ name: `${name.slice(0, 40)}…`, why }];
  });
  const named = profile.columns.filter(({ name }) => sourceProblem(name) === undefined);
  if (named.length === 0) throw noField(paths, beyond);
  const names = named.map(({ name }) => name);
  const fields = fieldNames(names, false);
  const silvers = silverColumns([...fields.values()], plainColumn);
  const columns = named.map((column) => {
    const field = fields.get(column.name) ?? column.name;
    const silver = silvers.get(field);
    const required = column.values > 0 && column.empty === 0 && profile.isEverywhere(column.name);
    const type = chooseType(column, dialect.delimiter);
    return inferColumn(column, type, { dataset, field, required, ...(silver && { silver }) });
  });
  const key = await chooseKey(columns, dataset, async (listener) => {
    for (const path of paths) await readCsvRows(readText(path, onRead), dialect, listener);
  });
  const isRagged = columns.some(({ name }) => !profile.isEverywhere(name));
  return { format: 'csv', dialect, dataset, paths, columns, key, rows: profile.rows, isRagged, beyond };
};

/** Explains why files have no readable row. */
const rejectUnread = async (
  paths: readonly string[],
  dialect: CsvDialect,
  onRead: OnRead,
): Promise<never> => {
  for (const path of paths) {
    const columns: string[] = [];
    const onHeader = (names: readonly string[]): void => void columns.push(...names);
    await readCsvRows(readText(path, onRead), dialect, { onHeader, onRow: () => undefined });
    const reasons = await unreadReasons(path, { format: 'csv', dialect, columns }, onRead);
    if (reasons.length > 0) throw noRow(path, reasons);
  }
  throw new CannotInfer(`${paths.join(', ')} has a header but no rows`);
};

const neverNames: readonly string[] = [
  'decimal',
  'float',
  'date',
  'timestamp',
  'timestamptz',
  'zero_led',
  'odd_number',
];

/** Without a header the first row would be lost, and the columns would have no names. */
const rejectValues = ({ columns }: TableProfile, paths: readonly string[]): void => {
  const places = columns.flatMap(({ name }, at) => (isValue(name) ? [at + 1] : []));
  if (places.length > 0)
    throw new CannotInfer(
      `the first line of ${paths[0]} holds values, not column names (see column ${places[0]}); put a header there`,
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
      `${paths[0]} has the delimiter ${JSON.stringify(first.delimiter)} and ${paths[other]} ${JSON.stringify(dialects[other]?.delimiter)}; a dataset must have one delimiter`,
    );
  return { delimiter: first.delimiter, quote: first.quote };
};
