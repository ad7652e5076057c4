import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { gunzip } from '../domain/gzip/gunzip.ts';
import type { SpecFile } from '../domain/spec.ts';

/** A file of a spec and where its bytes lie. */
export type LocatedFile = SpecFile & { readonly path: string };

const filesAtOnce = 4;

/**
 * Uncompresses into a folder what is gzip, with the reader that validated it: DuckDB's own knows less of gzip, and more of it is
 * accepted elsewhere.
 */
export const plainFiles = async (files: readonly LocatedFile[], folder: string): Promise<LocatedFile[]> => {
  if (files.some(isGzip)) await mkdir(folder, { recursive: true });
  return pLimit(filesAtOnce).map(files, async (file, at) => {
    if (!isGzip(file)) return file;
    const path = join(folder, `${at}.plain`);
    await uncompress(file.path, path);
    return { ...file, path, facts: { ...file.facts, compression: 'none' as const } };
  });
};

const isGzip = ({ facts }: SpecFile): boolean => facts.compression === 'gzip';

const uncompress = async (from: string, to: string): Promise<void> => {
  const file = await open(to, 'wx');
  try {
    for await (const chunk of gunzip(createReadStream(from, { highWaterMark: 2 ** 18 })))
      await file.write(chunk);
  } finally {
    await file.close();
  }
};
