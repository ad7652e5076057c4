import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** A file of lines that nobody waits for: they are in the file when `write` returns, unless it cannot be written. */
export type LogFile = {
  readonly path: string;
  write(text: string | Uint8Array): void;
  /** Its bytes, also those that others have written; 0 if they cannot be counted. */
  size(): number;
  /** Gives the file another name if that can be done; the next line begins a new one. */
  moveTo(path: string): void;
  /** What is written afterwards opens the path again. */
  close(): void;
};

const newline = '\n'.charCodeAt(0);

/**
 * Opens a log for appending. A log never fails its writer: writes that fail are counted, a line that was cut is ended, and a
 * line says how many there were, as soon as the file can be written again.
 */
export const openLogFile = (path: string): LogFile => {
  let file: number | undefined;
  let failed = 0;
  let isCut = false;

  const open = (): number => {
    file ??= openSync(path, 'a');
    return file;
  };
  const append = (text: string | Uint8Array): void => {
    const bytes = Buffer.from(text as string);
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(open(), bytes, written);
      isCut = bytes[written - 1] !== newline;
    }
  };
  const attempt = (work: () => void): boolean => {
    try {
      work();
      return true;
    } catch {
      return false;
    }
  };

  const close = (): void => {
    if (file !== undefined) attempt(() => closeSync(file ?? -1));
    file = undefined;
  };

  attempt(open);
  return {
    path,
    size() {
      let size = 0;
      attempt(() => {
        size = fstatSync(open()).size;
      });
      return size;
    },
    moveTo(other) {
      close();
      isCut = false;
      attempt(() => renameSync(path, other));
    },
    close,
    write(text) {
      const note = `${isCut ? '\n' : ''}(${failed} writes to this log have failed)\n`;
      if (failed > 0 && attempt(() => append(note))) failed = 0;
      if (failed > 0 || !attempt(() => append(text))) failed += 1;
    },
  };
};
