import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scratch } from '../domain/ports.ts';

/** Scratch in a file of its own in the system's temporary folder. */
export const temporaryScratch = (): Scratch => {
  let opened: { readonly folder: string; readonly file: number } | undefined;
  let size = 0;
  return {
    append: (bytes) => {
      opened ??= open();
      writeAll(opened.file, bytes, size);
      size += bytes.length;
      return size - bytes.length;
    },
    read: (at, into) => {
      if (!opened) throw new RangeError(`nothing was written at ${at}`);
      readAll(opened.file, into, at);
    },
    close: () => {
      if (!opened) return;
      closeSync(opened.file);
      rmSync(opened.folder, { recursive: true, force: true });
      opened = undefined;
    },
  };
};

const open = (): { readonly folder: string; readonly file: number } => {
  const folder = mkdtempSync(join(tmpdir(), 'soundcheck-'));
  return { folder, file: openSync(join(folder, 'scratch'), 'wx+', 0o600) };
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
