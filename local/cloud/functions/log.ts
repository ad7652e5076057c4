import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openLogFile } from '../../state/index.ts';
import { removeFiles } from '../retention/files.ts';
import type { Retention } from '../retention/retention.ts';

/** The log file of one function; lines are in the file when `write` returns, unless the disk is full. */
export type FunctionLog = { readonly path: string; write(line: string): void; close(): void };

/** A file that is larger begins again on the next day, and one of the second size at once. */
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
  const file = openLogFile(join(directory, `${functionName}.log`));
  let lastWrite = statSync(file.path, { throwIfNoEntry: false })?.mtimeMs ?? now();
  return {
    ...file,
    write: (line) => {
      const time = now();
      const isNewDay = Math.floor(time / day) !== Math.floor(lastWrite / day);
      // The threads of the function write to it, too.
      const size = file.size();
      if (size >= sizes.most || (isNewDay && size >= sizes.day))
        file.moveTo(
          join(directory, `${functionName}.${new Date(time).toISOString().replaceAll(':', '')}.log`),
        );
      lastWrite = time;
      file.write(`${line}\n`);
    },
  };
};

/** Appends to a log that another thread has opened, in whatever file it is now. */
export const joinFunctionLog = (path: string): ((chunk: string | Uint8Array) => void) => {
  const inode = () => statSync(path, { throwIfNoEntry: false })?.ino;
  const file = openLogFile(path);
  let opened = inode();
  return (chunk) => {
    if (inode() !== opened) {
      file.close();
      opened = undefined;
    }
    file.write(chunk);
    opened ??= inode();
  };
};

/** Removes earlier log files whose last line is older than so many days. */
export const logRetention = (directory: string, days: number): Retention => ({
  name: 'Logs',
  every: hour,
  round: (now) => removeFiles(directory, now - days * day, (name) => earlierFile.test(name)),
});
