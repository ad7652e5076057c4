import { chooseJsonType } from './column-type.ts';
import type { RowListener } from './csv-rows.ts';
import { inferColumn } from './infer-column.ts';
import type { InferredTable, Samples } from './inferred.ts';
import { leafOf, readJsonRecords } from './json-records.ts';
import { chooseKey } from './keys.ts';
import { RecordProfile } from './record-profile.ts';
import { CannotInfer, type OnRead, readText } from './sample-file.ts';
import { explodedArray, pathColumn, silverColumns } from './silver-columns.ts';

/** Learns a dataset from files of JSON lines or of JSON arrays; throws `CannotInfer`. */
export const inferJson = async (
  { dataset, paths: files }: Samples,
  format: 'jsonl' | 'json',
  onRead: OnRead,
): Promise<InferredTable> => {
  const profile = new RecordProfile();
  for (const path of files) {
    await readJsonRecords(readText(path, onRead), format, profile.onRecord);
    profile.endFile();
  }
  if (profile.rows === 0) throw new CannotInfer(`${files.join(', ')} holds no JSON object`);
  const paths = profile.columns.map(({ profile: { name } }) => name);
  const exploded = explodedArray(paths);
  const silvers = silverColumns(paths, pathColumn(exploded));
  const columns = profile.columns.map((path) => {
    const silver = silvers.get(path.profile.name);
    const required = profile.isComplete(path);
    return inferColumn(path.profile, chooseJsonType(path.profile, path.kinds), {
      dataset,
      required,
      ...(silver && { silver }),
    });
  });
  const whole = columns.filter(({ name }) => !/[.[]/.test(name));
  const key = await chooseKey(whole, dataset, async (listener) => {
    for (const path of files) {
      const names = whole.map(({ name }) => name);
      listener.onHeader(names);
      await readJsonRecords(readText(path, onRead), format, rowsOf(names, listener));
    }
  });
  const beyond = [...profile.beyond];
  return {
    ...{ format, dataset, paths: files, columns, key, rows: profile.rows, isRagged: false, beyond },
    ...(exploded !== undefined && { exploded }),
  };
};

const rowsOf =
  (names: readonly string[], { onRow }: RowListener) =>
  (record: object): void => {
    const members = new Map(Object.entries(record));
    onRow(names.map((name) => leafOf(members.get(name))?.text ?? ''));
  };
