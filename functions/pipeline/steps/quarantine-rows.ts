import { rowsFormat } from '../../validation/index.ts';
import { ObjectGone } from '../errors.ts';
import { fileId, reportBeside, reportKey, rowsBeside, rowsKey } from '../lake-keys.ts';
import type { Files } from '../ports.ts';
import type { AnyFile } from '../records/file.ts';

/**
 * Puts a published file's quarantined rows, and the report on them, into quarantine; `isReplacing` replaces those already
 * there.
 */
export const quarantineRows = async (files: Files, file: AnyFile, isReplacing = false): Promise<void> => {
  const { clean_key, quarantined_rows = 0 } = file;
  if (clean_key === undefined || quarantined_rows === 0) return;
  const format = rowsFormat(file);
  const parts = [
    [reportBeside(clean_key), reportKey(file)],
    [rowsBeside(clean_key, format), rowsKey(file, format)],
  ] as const;
  for (const [from, to] of parts) {
    if (!isReplacing && (await files.exists(to))) continue;
    const source = (await files.versionsOf(from)).at(-1);
    if (!source || (await files.copy(source, to)) !== 'copied')
      throw new ObjectGone(from, `the quarantined rows of ${fileId(file)}`);
  }
};
