import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The log file of one function; lines are in the file when `write` returns. */
export type FunctionLog = { readonly path: string; write(line: string): void; close(): void };

/** Bytes after which a log begins again; the bytes before are kept once, as `<function>.log.1`. */
const mostBytes = 10_000_000;

/** Opens `<directory>/<function>.log` for appending. */
export const openFunctionLog = (
  directory: string,
  functionName: string,
  most: number = mostBytes,
): FunctionLog => {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${functionName}.log`);
  let file = openSync(path, 'a');
  return {
    path,
    write: (line) => {
      if (fstatSync(file).size >= most) {
        renameSync(path, `${path}.1`);
        closeSync(file);
        file = openSync(path, 'a');
      }
      writeSync(file, `${line}\n`);
    },
    close: () => closeSync(file),
  };
};

/** Appends to a log that another thread has opened, and begins it again when it is too long. */
export const joinFunctionLog = (
  path: string,
  most: number = mostBytes,
): ((chunk: string | Uint8Array) => void) => {
  let file = openSync(path, 'a');
  return (chunk) => {
    const { size, ino } = fstatSync(file);
    if (size >= most && statSync(path, { throwIfNoEntry: false })?.ino !== ino) {
      closeSync(file);
      file = openSync(path, 'a');
    }
    if (typeof chunk === 'string') writeSync(file, chunk);
    else writeSync(file, chunk);
  };
};
