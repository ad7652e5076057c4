import { inferColumn } from './column.ts';
import { chooseJsonType } from './column-type.ts';
import type { RowListener } from './csv-rows.ts';
import { fieldNames } from './field-names.ts';
import type { InferredTable, Samples } from './inferred.ts';
import { leafOf, readJsonRecords } from './json-records.ts';
import { chooseKey } from './keys.ts';
import { RecordProfile } from './record-profile.ts';
import { CannotInfer, noField, noRow, type OnRead, readText } from './sample-file.ts';
import { explodedArray, pathColumn, silverColumns } from './silver-columns.ts';
import { unreadReasons } from './unread.ts';

/** Learns a dataset from files of JSON lines or of JSON arrays; throws `CannotInfer`. */
export const inferJson = async (
  { dataset, paths: files }: Samples,
  format: 'jsonl' | 'json',
  onRead: OnRead,
): Promise<InferredTable> => {
  const profile = new RecordProfile();
  for (const path of files) {
    await readJsonRecords(readText(path, onRead), format, (record) => {
      profile.onRecord(record);
      rejectMany(profile, path);
    });
    profile.endFile();
  }
  if (profile.rows === 0) {
    for (const path of files) {
      const reasons = await unreadReasons(path, { format }, onRead);
      if (reasons.length > 0) throw noRow(path, reasons);
    }
    throw new CannotInfer(`${files.join(', ')} holds no JSON object`);
  }
  const found = profile.columns;
  const paths = found.map(({ profile: { name } }) => name);
  if (paths.length === 0) throw noField(files, profile.beyond);
  const fields = fieldNames(paths, true);
  const exploded = explodedArray([...fields.values()]);
  const silvers = silverColumns([...fields.values()], pathColumn(exploded));
  const columns = found.map((path) => {
    const field = fields.get(path.profile.name) ?? path.profile.name;
    const silver = silvers.get(field);
    const required = profile.isComplete(path);
    return inferColumn(path.profile, chooseJsonType(path.profile, path.kinds), {
      dataset,
      field,
      required,
      ...(silver && { silver }),
    });
  });
  const keys = new Set(found.filter(({ isKey }) => isKey).map(({ profile: { name } }) => name));
  const whole = columns.filter(({ name }) => keys.has(name) && !name.includes('['));
  const key = await chooseKey(whole, dataset, async (listener) => {
    for (const path of files) {
      const names = whole.map(({ name }) => name);
      listener.onHeader(names);
      await readJsonRecords(readText(path, onRead), format, rowsOf(names, listener));
    }
  });
  const { beyond } = profile;
  return {
    ...{ format, dataset, paths: files, columns, key, rows: profile.rows, isRagged: false, beyond },
    ...(exploded !== undefined && { exploded }),
  };
};

/** An object that is used as a map has one key per thing. */
const rejectMany = ({ areTooMany }: RecordProfile, path: string): void => {
  if (areTooMany)
    throw new CannotInfer(
      `${path} has more than 2000 keys or columns, which no manifest can have; is an object of it used as a map?`,
    );
};

/** Turns a receiver of rows into a receiver of records. */
export const rowsOf =
  (names: readonly string[], { onRow }: RowListener) =>
  (record: object): void => {
    const members = new Map(Object.entries(record));
    onRow(names.map((name) => leafOf(members.get(name))?.text ?? ''));
  };
