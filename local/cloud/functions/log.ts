import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { removeFiles } from '../retention/files.ts';
import type { Retention } from '../retention/retention.ts';

/** The log file of one function; lines are in the file when `write` returns. */
export type FunctionLog = { readonly path: string; write(line: string): void; close(): void };

/** A file that is larger begins anew on the next day, and one of the second size at once. */
const sizes = { day: 2 ** 20, most: 64 * 2 ** 20 };
const earlierFile = /\.\d{4}-\d{2}-\d{2}T\d{6}\.\d{3}Z\.log$/;
const hour = 60 * 60_000;
const day = 24 * hour;

/** Opens `<directory>/<function>.log` for appending; earlier lines may be in `<function>.<time>.log`. */
export const openFunctionLog = (
  directory: string,
  functionName: string,
  now: () => number = Date.now,
): FunctionLog => {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${functionName}.log`);
  let file = openSync(path, 'a');
  let { mtimeMs: lastWrite } = statSync(path);

  const beginAnew = (time: number): void => {
    closeSync(file);
    renameSync(
      path,
      join(directory, `${functionName}.${new Date(time).toISOString().replaceAll(':', '')}.log`),
    );
    file = openSync(path, 'a');
  };
  return {
    path,
    write: (line) => {
      const time = now();
      // The threads of the function write to it, too.
      const { size } = fstatSync(file);
      const isNewDay = Math.floor(time / day) !== Math.floor(lastWrite / day);
      if (size >= sizes.most || (isNewDay && size >= sizes.day)) beginAnew(time);
      lastWrite = time;
      writeSync(file, `${line}\n`);
    },
    close: () => closeSync(file),
  };
};

/** Appends to a log that another thread has opened, in whatever file it is now. */
export const joinFunctionLog = (path: string): ((chunk: string | Uint8Array) => void) => {
  let file = openSync(path, 'a');
  let { ino } = fstatSync(file);
  return (chunk) => {
    const now = statSync(path, { throwIfNoEntry: false })?.ino;
    if (now !== ino) {
      closeSync(file);
      file = openSync(path, 'a');
      ino = fstatSync(file).ino;
    }
    if (typeof chunk === 'string') writeSync(file, chunk);
    else writeSync(file, chunk);
  };
};

/** Removes earlier log files whose last line is older than so many days. */
export const logRetention = (directory: string, days: number): Retention => ({
  name: 'Logs',
  every: hour,
  round: (now) => removeFiles(directory, now - days * day, (name) => earlierFile.test(name)),
});
