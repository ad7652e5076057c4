import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The log file of one function; lines are in the file when `write` returns. */
export type FunctionLog = { readonly path: string; write(line: string): void; close(): void };

/** Opens `<directory>/<function>.log` for appending. */
export const openFunctionLog = (directory: string, functionName: string): FunctionLog => {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${functionName}.log`);
  const file = openSync(path, 'a');
  return {
    path,
    write: (line) => {
      writeSync(file, `${line}\n`);
    },
    close: () => closeSync(file),
  };
};
