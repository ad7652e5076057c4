import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openLogFile } from '../../state/index.ts';

/** The log file of one function; lines are in the file when `write` returns, unless the disk is full. */
export type FunctionLog = { readonly path: string; write(line: string): void; close(): void };

/** Opens `<directory>/<function>.log` for appending. */
export const openFunctionLog = (directory: string, functionName: string): FunctionLog => {
  mkdirSync(directory, { recursive: true });
  const file = openLogFile(join(directory, `${functionName}.log`));
  return { ...file, write: (line) => file.write(`${line}\n`) };
};
