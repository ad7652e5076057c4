import { chooseJsonType } from './column-type.ts';
import type { RowListener } from './csv-rows.ts';
import { inferColumn } from './infer-column.ts';
import type { InferredTable, Samples } from './inferred.ts';
import { leafOf, readJsonRecords } from './json-records.ts';
import { chooseKey } from './keys.ts';
import { RecordProfile } from './record-profile.ts';
import { CannotInfer, type OnRead, readText } from './sample-file.ts';
import { pathColumn } from './silver-columns.ts';

/** Learns a dataset from files of JSON lines or of JSON arrays; throws `CannotInfer`. */
export const inferJson = async (
  { dataset, paths }: Samples,
  format: 'jsonl' | 'json',
  onRead: OnRead,
): Promise<InferredTable> => {
  const profile = new RecordProfile();
  for (const path of paths) {
    await readJsonRecords(readText(path, onRead), format, profile.onRecord);
    profile.endFile();
  }
  if (profile.rows === 0) throw new CannotInfer(`${paths.join(', ')} holds no JSON object`);
  const columns = profile.columns.map((path) => {
    const silver = pathColumn(path.profile.name);
    const required = profile.isComplete(path);
    return inferColumn(path.profile, chooseJsonType(path.profile, path.kinds), {
      dataset,
      required,
      ...(silver && { silver }),
    });
  });
  const whole = columns.filter(({ name }) => !/[.[]/.test(name));
  const key = await chooseKey(whole, dataset, async (listener) => {
    for (const path of paths) {
      const names = whole.map(({ name }) => name);
      listener.onHeader(names);
      await readJsonRecords(readText(path, onRead), format, rowsOf(names, listener));
    }
  });
  const beyond = [...profile.beyond];
  return { format, dataset, paths, columns, key, rows: profile.rows, isRagged: false, beyond };
};

const rowsOf =
  (names: readonly string[], { onRow }: RowListener) =>
  (record: object): void => {
    const members = new Map(Object.entries(record));
    onRow(names.map((name) => leafOf(members.get(name))?.text ?? ''));
  };
