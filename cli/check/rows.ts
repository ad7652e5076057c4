import { createWriteStream } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Accepted, type Files, rowsBeside, splitFile } from '../../functions/pipeline/index.ts';
import { type LandedFile, rowsWriter } from '../../functions/validation/index.ts';
import { makeRowsFolder } from '../output/rows-folder.ts';
import { CannotLand } from '../target/datasets.ts';
import { acceptedRows } from './accepted-rows.ts';

/** Used in reports and rows files in place of the lake's version id. */
export const localVersion = 'local';

/** Paths of the two files that were written. */
export type WrittenRows = {
  readonly accepted: string;
  readonly quarantined: string;
  /** A hint for landing the accepted rows. */
  readonly note?: string | undefined;
};

/**
 * Writes the accepted records to `<folder>/<name>` in the form of the file, and the quarantined ones to `<name>.rows.csv` or
 * `.rows.jsonl` beside it. Never overwrites a file.
 */
export const writeRows = async (
  folder: string,
  file: LandedFile,
  validated: Accepted,
): Promise<WrittenRows> => {
  const { name, written, note } = acceptedRows(basename(file.key), validated.facts);
  const accepted = join(folder, name);
  const rows = rowsWriter(validated.facts.format);
  const quarantined = rowsBeside(accepted, rows.format);
  await makeRowsFolder(folder);
  for (const path of [accepted, quarantined]) await isFree(path);
  const target = { clean_key: accepted, source: `${file.key}@${localVersion}`, rows };
  const write: Files['writeStream'] = (path, body) =>
    writeStream(path, path === accepted ? written(body) : body);
  await splitFile({ writeStream: write }, file, validated, target);
  return { accepted, quarantined, ...(note !== undefined && { note }) };
};

const isFree = (path: string): Promise<void> =>
  access(path).then(
    () => {
      throw new CannotLand(`${path} already exists; give another folder with --rows`);
    },
    () => {},
  );

/** Writes under a temporary name first: an incomplete file never has the final name. */
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
