import { open } from 'node:fs/promises';

/** Reads a range of a local file, without the last byte of the range; throws if the file is shorter. */
export const fileRange =
  (path: string) =>
  async (start: number, end: number): Promise<Uint8Array> => {
    const file = await open(path);
    try {
      const bytes = Buffer.alloc(end - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      if (bytesRead < bytes.length) throw new RangeError(`${path} ends before byte ${end}`);
      return bytes;
    } finally {
      await file.close();
    }
  };
