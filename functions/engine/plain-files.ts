import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { SpecFile } from '../pipeline/index.ts';
import { gunzip } from '../validation/index.ts';

/** A file of a spec and the place of its bytes. */
export type LocatedFile = SpecFile & { readonly path: string };

const filesAtOnce = 4;

/**
 * Writes files into a folder that DuckDB cannot read in place. Gzip is uncompressed with the reader that validated it, because
 * DuckDB's own accepts other files. If the first name of the header has a line break, a byte-order mark is removed: after the
 * mark, DuckDB would read the quote as text, and the rest after the line break as a row.
 */
export const plainFiles = async (files: readonly LocatedFile[], folder: string): Promise<LocatedFile[]> => {
  if (files.some(isOdd)) await mkdir(folder, { recursive: true });
  return pLimit(filesAtOnce).map(files, async (file, at) => {
    if (!isOdd(file)) return file;
    const path = join(folder, `${at}.plain`);
    await writePlain(file, path);
    return { ...file, path, facts: { ...file.facts, compression: 'none' as const } };
  });
};

const isGzip = ({ facts }: SpecFile): boolean => facts.compression === 'gzip';

const hasSplitName = ({ facts: { bom, header } }: SpecFile): boolean => bom && /[\r\n]/.test(header[0] ?? '');

const isOdd = (file: SpecFile): boolean => isGzip(file) || hasSplitName(file);

const markBytes = 3;

const writePlain = async (file: LocatedFile, to: string): Promise<void> => {
  const content = createReadStream(file.path, { highWaterMark: 2 ** 18 });
  const target = await open(to, 'wx');
  let left = hasSplitName(file) ? markBytes : 0;
  try {
    for await (const chunk of isGzip(file) ? gunzip(content) : content) {
      await target.write(chunk.subarray(left));
      left -= Math.min(left, chunk.length);
    }
  } finally {
    await target.close();
  }
};
