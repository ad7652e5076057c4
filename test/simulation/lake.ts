import { restingPlaces } from '../../functions/pipeline/lake-keys.ts';
import type { Files, LandedVersion } from '../../functions/pipeline/ports.ts';

/** A versioned bucket in memory. */
export type StoredVersion = { key: string; version: string; body: string; landed_at: string };

export type Lake = ReturnType<typeof newLake>;

export const newLake = (now: () => string, onCreated: (version: StoredVersion) => void) => {
  const versions: StoredVersion[] = [];
  let count = 0;
  const newest = (key: string): StoredVersion | undefined => versions.filter((one) => one.key === key).at(-1);
  const find = (key: string, version: string): StoredVersion | undefined =>
    versions.find((one) => one.key === key && one.version === version);
  const put = (key: string, body: string): StoredVersion => {
    const stored = { key, version: `v${++count}`, body, landed_at: now() };
    versions.push(stored);
    onCreated(stored);
    return stored;
  };
  const listed = ({ key, version, body, landed_at }: StoredVersion): LandedVersion => ({
    key,
    version,
    size: Buffer.byteLength(body),
    landed_at,
  });
  const files: Files = {
    open: async ({ key, version }) => {
      const stored = find(key, version);
      return stored && chunks(stored.body);
    },
    readRange: async ({ key, version }, start, end) =>
      Buffer.from(find(key, version)?.body ?? '').subarray(start, end),
    readPart: async (key, start, most) => {
      const body = newest(key)?.body;
      if (body === undefined) return undefined;
      const bytes = Buffer.from(body);
      return { bytes: bytes.subarray(start, start + most), size: bytes.length };
    },
    readText: async (key) => newest(key)?.body,
    writeOnce: async (key, body) => {
      if (newest(key)) return false;
      put(key, body);
      return true;
    },
    write: async (key, body) => {
      put(key, body);
    },
    writeStream: async (key, body) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(Buffer.from(chunk));
      put(key, Buffer.concat(chunks).toString());
    },
    versionsOf: async (key) => versions.filter((one) => one.key === key).map(listed),
    landed: async function* () {
      yield versions
        .filter(({ key }) => key.startsWith('data/') && !restingPlaces.some((place) => key.startsWith(place)))
        .map(listed);
    },
    list: async (prefix) =>
      [...new Set(versions.map(({ key }) => key))].filter((key) => key.startsWith(prefix)),
    copy: async (from, to) => {
      const stored = find(from.key, from.version);
      if (!stored) return 'gone';
      put(to, stored.body);
      return 'copied';
    },
    exists: async (key) => newest(key) !== undefined,
    remove: async (file) => {
      const at = versions.findIndex((one) => one.key === file.key && one.version === file.version);
      if (at >= 0) versions.splice(at, 1);
    },
  };
  const keys = (): string[] => [...new Set(versions.map(({ key }) => key))];
  return { files, put, find, newest, keys };
};

async function* chunks(body: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(body);
}
