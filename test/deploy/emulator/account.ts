import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonOfEmulator } from './emulator.ts';

/** What an account holds: resources by kind and name, as the APIs tell them. */
export type Account = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

type Environment = Readonly<Record<string, string>>;

/** Reads these kinds of an account, or all, through the AWS SDK for Python, which comes with the emulator. */
export const readAccount = async (
  stack: string,
  environment: Environment,
  ...kinds: string[]
): Promise<Account> => JSON.parse(await runScript('read_back.py', [stack, ...kinds], environment));

/** Takes the statement with this Sid out of the policies of a role. */
export const takeGrant = async (role: string, sid: string, environment: Environment): Promise<void> => {
  await runScript('take_grant.py', [role, sid], environment);
};

const runScript = async (script: string, given: readonly string[], environment: Environment) => {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const settings = { env: { PATH: process.env.PATH, ...environment }, maxBuffer: 64 * 1024 * 1024 };
  return (await promisify(execFile)(await pythonOfEmulator(), [path, ...given], settings)).stdout;
};
