import { inferColumn } from './column.ts';
import { fieldNames } from './field-names.ts';
import type { InferredColumn, InferredTable, Samples } from './inferred.ts';
import { rowsOf } from './json-table.ts';
import { chooseKey } from './keys.ts';
import { type OddValues, type TypedColumn, typedColumns } from './parquet-columns.ts';
import { openParquet, type ParquetSample, readParquetRecords } from './parquet-samples.ts';
import { RecordProfile } from './record-profile.ts';
import { CannotInfer, noField, type OnRead } from './sample-file.ts';
import { explodedArray, pathColumn, silverColumns } from './silver-columns.ts';
import { apartPaths, type Unnamed } from './unnamed.ts';

/** Learns a dataset from Parquet files: types from their columns, the rest from their rows; throws `CannotInfer`. */
export const inferParquet = async (
  { dataset, paths: files }: Samples,
  onRead: OnRead,
): Promise<InferredTable> => {
  const samples: ParquetSample[] = [];
  for (const path of files) samples.push(await openParquet(path, onRead));
  const { paths, unnamed } = fieldPaths(samples);
  if (paths.length === 0) throw noField(files, unnamed);
  const { records, odd } = await profileOf(samples, new Set(paths), onRead);
  if (records.rows === 0) throw new CannotInfer(`${files.join(', ')} has no rows`);
  const { typed, unnamed: untyped } = typedColumns(samples, paths, records, odd);
  const beyond = [...unnamed, ...untyped];
  if (typed.length === 0) throw noField(files, beyond);
  const { columns, exploded } = inferredColumns(typed, dataset, records);
  const tops = new Set(typed.filter(({ found }) => found?.isKey).map(({ profile }) => profile.name));
  const whole = columns.filter(({ name }) => tops.has(name) && !name.includes('['));
  const names = whole.map(({ name }) => name);
  const key = await chooseKey(whole, dataset, async (listener) => {
    for (const sample of samples) {
      listener.onHeader(names);
      await readParquetRecords(sample, new Set(names), onRead, rowsOf(names, listener));
    }
  });
  const isRagged = typed.some((column) => column.isRagged);
  return {
    ...{ format: 'parquet', dataset, paths: files, columns, key, rows: records.rows, isRagged, beyond },
    ...(exploded !== undefined && { exploded }),
  };
};

/** Paths of columns, over all files, that fields can read together, and the reasons why not for the others. */
const fieldPaths = (samples: readonly ParquetSample[]) => {
  const all = [...new Set(samples.flatMap(({ columns }) => columns.map(({ path }) => path)))];
  const own = new Map(samples.flatMap(({ unnamed }) => unnamed.map((one) => [one.name, one] as const)));
  const apart = apartPaths(all.map((path) => ({ path, values: 0, isDotted: path.includes('.') })));
  const left = new Set([...own.keys(), ...apart.map(({ name }) => name)]);
  const unnamed: readonly Unnamed[] = [...own.values(), ...apart];
  return { paths: all.filter((path) => !left.has(path)), unnamed };
};

const profileOf = async (samples: readonly ParquetSample[], names: ReadonlySet<string>, onRead: OnRead) => {
  const records = new RecordProfile();
  const odd = new Map<string, { count: number; says: string }>();
  const onOdd = (path: string, says: string): void => {
    const before = odd.get(path);
    if (before) before.count++;
    else odd.set(path, { count: 1, says });
  };
  for (const sample of samples) {
    await readParquetRecords(sample, names, onRead, records.onRecord, onOdd);
    records.endFile();
  }
  const found: OddValues = odd;
  return { records, odd: found };
};

const inferredColumns = (typed: readonly TypedColumn[], dataset: string, records: RecordProfile) => {
  const fields = fieldNames(
    typed.map(({ profile }) => profile.name),
    true,
  );
  const exploded = explodedArray([...fields.values()]);
  const silvers = silverColumns([...fields.values()], pathColumn(exploded));
  const columns = typed.map(({ profile, found, type, isRagged, limits }): InferredColumn => {
    const field = fields.get(profile.name) ?? profile.name;
    const silver = silvers.get(field);
    const required = !isRagged && found !== undefined && records.isComplete(found);
    const column = inferColumn(profile, type, { dataset, field, required, ...(silver && { silver }) });
    return { ...column, ...(limits && { limits }) };
  });
  return { columns, exploded };
};
