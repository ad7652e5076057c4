import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonOfEmulator } from './emulator.ts';

/** What an account holds: resources by kind and name, as the APIs tell them. */
export type Account = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Reads an account back through the AWS SDK for Python, which comes with the emulator. */
export const readAccount = async (
  stack: string,
  environment: Readonly<Record<string, string>>,
): Promise<Account> => {
  const script = fileURLToPath(new URL('read_back.py', import.meta.url));
  const env = { PATH: process.env.PATH, ...environment };
  const read = promisify(execFile)(await pythonOfEmulator(), [script, stack], {
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse((await read).stdout);
};
