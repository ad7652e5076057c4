import { randomBytes } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Algorithm, type Digest, startDigest } from './checksums.ts';
import type { ObjectIndex } from './object-index.ts';

type Source = Readable | AsyncIterable<Uint8Array>;

/** Bytes on disk under a random name, and what was measured while they were written. */
export type Blob = {
  readonly id: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly md5: string;
  /** Base64, for each requested algorithm. */
  readonly checksums: Partial<Record<Algorithm, string>>;
};

export type Blobs = ReturnType<typeof openBlobs>;

const measure = async function* (source: Source, digests: Iterable<Digest>, count: (bytes: number) => void) {
  for await (const chunk of source) {
    for (const digest of digests) digest.update(chunk);
    count(chunk.length);
    yield chunk;
  }
};

/**
 * Opens the folder of bytes. Before its first byte is written, a blob's name is in the index's list of leftovers; the batch
 * that makes a version or part point to it removes the name. So the next start deletes what a killed process was writing.
 */
export const openBlobs = (directory: string, index: ObjectIndex) => {
  const pathOf = (id: string): string => join(directory, id);

  /** The next start removes what cannot be removed now; what was asked for is done, or has failed for a reason of its own. */
  const discard = async (id: string): Promise<void> => {
    try {
      await rm(pathOf(id), { force: true });
      await index.write([index.leftovers.remove(id)]);
    } catch {
      return;
    }
  };

  const reserve = async <T>(fill: (id: string, path: string) => Promise<T>): Promise<T> => {
    const id = randomBytes(16).toString('hex');
    await index.write([index.leftovers.put(id)]);
    try {
      return await fill(id, pathOf(id));
    } catch (error) {
      await discard(id);
      throw error;
    }
  };

  return {
    pathOf,

    /** Removes bytes that nothing points to any more. */
    discard,

    /** Creates the folder, and removes what a killed process left. */
    async recover(): Promise<void> {
      await mkdir(directory, { recursive: true });
      for (const id of await index.leftovers.all()) await discard(id);
    },

    /** Writes a stream to a new blob and computes its MD5 and the requested checksums. */
    write(source: Source, wanted: readonly Algorithm[] = []): Promise<Blob> {
      return reserve(async (id, path) => {
        const digests = new Map(
          [...new Set<Algorithm>(['md5', ...wanted])].map((name) => [name, startDigest(name)]),
        );
        let size = 0;
        const measured = measure(source, [...digests.values()], (bytes) => {
          size += bytes;
        });
        await writeFile(path, measured);
        const checksums: Partial<Record<Algorithm, string>> = {};
        let md5 = '';
        for (const [name, digest] of digests) {
          const value = Buffer.from(await digest.digest());
          checksums[name] = value.toString('base64');
          if (name === 'md5') md5 = value.toString('hex');
        }
        return { id, size, md5, checksums };
      });
    },

    /** Gives bytes a second name without reading them, if the file system supports it. */
    duplicate(id: string): Promise<string> {
      return reserve(async (copy, path) => {
        await link(pathOf(id), path).catch(() => copyFile(pathOf(id), path, constants.COPYFILE_FICLONE));
        return copy;
      });
    },

    /** Streams blobs one after another, completely or from one byte to another (both included). */
    async *read(ids: readonly string[], range?: { start: number; end: number }): AsyncGenerator<Uint8Array> {
      for (const id of ids) yield* createReadStream(pathOf(id), { highWaterMark: 1 << 20, ...range });
    },
  };
};
