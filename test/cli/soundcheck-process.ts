import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';

/** What a command answered. */
export type Answered = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** The command as the package's `bin` has it. */
export const binary = resolve(join(import.meta.dirname, '../../cli/soundcheck.cjs'));

/** Where a command runs, and with what besides the test's own environment. */
export type Surroundings = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
};

/** Runs `soundcheck` in a process of its own, off any terminal, until it ends. */
export const soundcheck = async (
  args: readonly string[],
  { cwd, env }: Surroundings = {},
): Promise<Answered> =>
  runToEnd(process.execPath, [binary, ...args], { ...(cwd ? { cwd } : {}), env: { ...process.env, ...env } });

/** Runs any program until it ends. */
export const runToEnd = async (
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Answered> => {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, ...printed };
};
