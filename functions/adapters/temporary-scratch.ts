import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scratch } from '../validation/index.ts';

/** Scratch in the system's temporary folder, in a file without a name, so that a killed process leaves no file. */
export const temporaryScratch = (): Scratch => {
  let file: number | undefined;
  let size = 0;
  return {
    append: (bytes) => {
      file ??= open();
      writeAll(file, bytes, size);
      size += bytes.length;
      return size - bytes.length;
    },
    read: (at, into) => {
      if (file === undefined) throw new RangeError(`nothing was written at ${at}`);
      readAll(file, into, at);
    },
    close: () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
};

const open = (): number => {
  const folder = mkdtempSync(join(tmpdir(), 'soundcheck-'));
  try {
    return openSync(join(folder, 'scratch'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const writeAll = (file: number, bytes: Uint8Array, position: number): void => {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, position + at);
};

const readAll = (file: number, into: Uint8Array, position: number): void => {
  for (let at = 0; at < into.length; ) {
    const read = readSync(file, into, at, into.length - at, position + at);
    if (read === 0) throw new RangeError(`nothing was written at ${position + at}`);
    at += read;
  }
};
