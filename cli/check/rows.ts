import { createWriteStream } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Accepted, type Files, splitFile } from '../../functions/pipeline/index.ts';
import { type LandedFile, rowsWriter } from '../../functions/validation/index.ts';
import { makeRowsFolder } from '../output/rows-folder.ts';
import { CannotLand } from '../target/datasets.ts';
import { goodRows } from './accepted-rows.ts';

/** Stands in reports and rows files where the lake's version of a file would. */
export const localVersion = 'local';

/** Where the two parts of a file were written. */
export type WrittenRows = {
  readonly good: string;
  readonly set_aside: string;
  /** What whoever lands the valid rows has to know. */
  readonly note?: string | undefined;
};

/**
 * Writes the valid records of a validated file to `<folder>/<name>`, written as the file was, and the others to
 * `<name>.rows.csv` or `.rows.jsonl` beside it, over nothing that is there.
 */
export const writeRows = async (
  folder: string,
  file: LandedFile,
  validated: Accepted,
): Promise<WrittenRows> => {
  const { name, written, note } = goodRows(basename(file.key), validated.facts);
  const good = join(folder, name);
  const rows = rowsWriter(validated.facts.format);
  const set_aside = `${good}.rows.${rows.format}`;
  await makeRowsFolder(folder);
  for (const path of [good, set_aside]) await isFree(path);
  const target = { clean_key: good, source: `${file.key}@${localVersion}`, rows };
  const write: Files['writeStream'] = (path, body) => writeStream(path, path === good ? written(body) : body);
  await splitFile({ writeStream: write }, file, validated, target);
  return { good, set_aside, ...(note !== undefined && { note }) };
};

const isFree = (path: string): Promise<void> =>
  access(path).then(
    () => {
      throw new CannotLand(`${path} is there already; give another folder with --rows`);
    },
    () => {},
  );

/** A file that is not whole never bears the name that it was to get. */
const writeStream: Files['writeStream'] = async (path, body) => {
  const partial = `${path}.${process.pid}.part`;
  try {
    await pipeline(body, createWriteStream(partial));
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause;
  }
};
