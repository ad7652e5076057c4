import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BenchFile } from './datasets.ts';

/** A local file and its manifest. */
export type WrittenFile = {
  readonly path: string;
  readonly key: string;
  readonly manifest: string;
  readonly bytes: number;
};

/** Runs a program with an empty folder, and deletes the folder. */
export const withFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Writes a file of whole blocks, at least one, with about so many megabytes. */
export const writeBenchFile = async (
  folder: string,
  file: BenchFile,
  megabytes: number,
): Promise<WrittenFile> => {
  const path = join(folder, `${file.name}-${megabytes}.csv`);
  const manifest = join(folder, `${file.name}.json`);
  await writeFile(manifest, file.manifest);
  await pipeline(Readable.from(blocksOf(file, megabytes)), createWriteStream(path));
  return { path, key: file.key, manifest, bytes: (await stat(path)).size };
};

function* blocksOf({ header, rows }: BenchFile, megabytes: number): Generator<Buffer> {
  yield Buffer.from(header);
  for (let block = 0; block < blockCount(rows, megabytes); block++) yield rows;
}

const blockCount = (rows: Buffer, megabytes: number): number =>
  Math.max(1, Math.round((megabytes * 1e6) / rows.length));
