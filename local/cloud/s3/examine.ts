import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedBlob } from './blob-reader.ts';
import type { Named } from './blobs.ts';
import { uploadsOf, versionsOf } from './index-keys.ts';
import { bytesOf } from './read-object.ts';
import { stepsOf } from './steps.ts';
import type { Store } from './store.ts';

/** What an examination has found, or how far it is. */
export type Examined =
  | { readonly kind: 'damaged'; readonly message: string }
  /** A file that belongs to no object. */
  | { readonly kind: 'unknown'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'counted'; readonly objects: number; readonly bytes: number };

/** Milliseconds between two counts. */
const usualPace = 1_000;

/**
 * Reads the bytes of all versions of all objects, and of parts of uploads, and finds files that belong to none of them. It may run
 * while objects change, holds the names of all files, and ends with the last count.
 */
export async function* examineObjects(
  store: Store,
  directory: string,
  pace = usualPace,
): AsyncGenerator<Examined> {
  const began = Date.now();
  const files = new Set<string>();
  const read = new Set<number>();
  let [objects, bytes, told] = [0, 0, began];
  for await (const { named, isThere } of allBytes(store)) {
    files.add(named.blob);
    const message = await damageOf(store, named, read);
    if (message !== undefined && (await isThere())) yield { kind: 'damaged', message };
    objects += 1;
    bytes += named.size;
    if (Date.now() - told < pace) continue;
    told = Date.now();
    yield { kind: 'counted', objects, bytes };
  }
  yield* unknownFiles(store, directory, files, began);
  yield { kind: 'counted', objects, bytes };
}

type Held = {
  readonly named: Named;
  /** Whether it is still part of the index. */
  readonly isThere: () => Promise<boolean>;
};

async function* allBytes({ buckets, index, objects }: Store): AsyncGenerator<Held> {
  for (const { name } of buckets.all()) {
    const versions = { positions: versionsOf(name), prefix: '', open: index.versions.cursor };
    for await (const version of eachOf(stepsOf(versions))) {
      const { blob, key, versionId } = version;
      if (blob === undefined) continue;
      const isThere = async () => (await objects.find(name, key, versionId))?.blob === blob;
      yield { named: bytesOf({ ...version, blob }), isThere };
    }
    const uploads = { positions: uploadsOf(name), prefix: '', open: index.uploads.cursor };
    for await (const { key, uploadId } of eachOf(stepsOf(uploads)))
      for (const part of await index.parts.all(uploadId)) {
        const about = `part ${part.number} of an upload of ${key}`;
        const isThere = async () => (await index.parts.get(uploadId, part.number))?.blob === part.blob;
        yield { named: { ...part, about }, isThere };
      }
  }
}

async function* eachOf<Entry>(steps: AsyncIterable<readonly Entry[]>): AsyncGenerator<Entry> {
  for await (const step of steps) yield* step;
}

/** What is wrong with a blob; a file with several names is read once. */
const damageOf = async ({ blobs }: Store, named: Named, read: Set<number>): Promise<string | undefined> => {
  const found = await stat(blobs.pathOf(named.blob)).catch(() => undefined);
  const isRead = found !== undefined && found.nlink > 1 && read.has(found.ino);
  if (isRead && found.size === named.size) return undefined;
  try {
    await blobs.soundPath(named);
    if (found && found.nlink > 1) read.add(found.ino);
    return undefined;
  } catch (error) {
    if (error instanceof DamagedBlob) return error.message;
    throw error;
  }
};

async function* unknownFiles(
  { index }: Store,
  directory: string,
  known: ReadonlySet<string>,
  began: number,
): AsyncGenerator<Examined> {
  const leftovers = new Set(await index.leftovers.all());
  for (const name of await readdir(directory)) {
    if (known.has(name) || leftovers.has(name)) continue;
    const found = await stat(join(directory, name)).catch(() => undefined);
    // What was written meanwhile may have become an object since.
    if (found && found.ctimeMs < began)
      yield { kind: 'unknown', path: join(directory, name), bytes: found.size };
  }
}
