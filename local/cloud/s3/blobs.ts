import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DamagedBlob, expectSound, type Known, readBlob, type Slice } from './blob-reader.ts';
import { type Algorithm, type Digest, startDigest } from './checksums.ts';
import type { ObjectIndex } from './object-index.ts';
import { type PieceSums, RunningSums } from './piece-sums.ts';

type Source = Readable | AsyncIterable<Uint8Array>;

/** Bytes on disk under a random name, and what was measured while they were written. */
export type Blob = {
  readonly id: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly md5: string;
  readonly sums: PieceSums;
  /** Base64, for each requested algorithm. */
  readonly checksums: Partial<Record<Algorithm, string>>;
};

export type Blobs = ReturnType<typeof openBlobs>;

/** An object in the words of a message. */
export type Named = Known & { readonly about: string };

type Measures = Iterable<Pick<Digest, 'update'>>;

const measure = async function* (source: Source, measures: Measures, count: (bytes: number) => void) {
  for await (const chunk of source) {
    for (const each of measures) each.update(chunk);
    count(chunk.length);
    yield chunk;
  }
};

/**
 * Opens the folder of bytes. Bytes are checked whenever they are read; what is damaged throws `DamagedBlob`. Before its first byte is written, a blob's name is in the index's list of leftovers; the batch
 * that makes a version or part point to it removes the name. So the next start deletes what a killed process was writing.
 */
export const openBlobs = (directory: string, index: ObjectIndex) => {
  const pathOf = (id: string): string => join(directory, id);

  const read = (named: Named, slice?: Slice): AsyncGenerator<Uint8Array> =>
    readBlob(pathOf(named.blob), named.about, named, slice);

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
        const sums = new RunningSums();
        const measured = measure(source, [...digests.values(), sums], (bytes) => {
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
        return { id, size, md5, sums: sums.sums(), checksums };
      });
    },

    /** Gives bytes a second name without reading them, if the file system supports it; their file must have its size. */
    duplicate(named: Named): Promise<string> {
      const path = pathOf(named.blob);
      return reserve(async (copy, to) => {
        const found = await stat(path).catch(() => undefined);
        if (!found) throw new DamagedBlob(named.about, path, 'is missing', true);
        if (found.size !== named.size)
          throw new DamagedBlob(named.about, path, `has ${found.size} bytes, not ${named.size}`);
        await link(path, to).catch(() => copyFile(path, to, constants.COPYFILE_FICLONE));
        return copy;
      });
    },

    /** Streams a blob, completely or a slice of it. */
    read,

    /** Streams blobs one after another. */
    async *readAll(all: readonly Named[]): AsyncGenerator<Uint8Array> {
      for (const each of all) yield* read(each);
    },

    /** The path of a blob for those who read files themselves, after all of its bytes were checked. */
    async soundPath(named: Named): Promise<string> {
      const path = pathOf(named.blob);
      await expectSound(path, named.about, named);
      return path;
    },
  };
};
