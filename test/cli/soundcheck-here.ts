import { format } from 'node:util';
import { vi } from 'vitest';
import { runSoundcheck } from '../../cli/program.ts';
import type { Answered, Surroundings } from './soundcheck-process.ts';

/**
 * Runs `soundcheck` in the process of the test, one command at a time, until its promise settles: much quicker than in a
 * process of its own where that is not the point. What it sets in the environment is gone afterwards.
 */
export const soundcheckHere = async (
  args: readonly string[],
  { cwd = process.cwd(), env = {} }: Surroundings = {},
): Promise<Answered> => {
  const before = { cwd: process.cwd(), env: { ...process.env }, exitCode: process.exitCode };
  const printed = { stdout: '', stderr: '' };
  const keep = (stream: keyof typeof printed) => (text: unknown) => {
    printed[stream] += text;
    return true;
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((...given) => void keep('stdout')(`${format(...given)}\n`)),
    vi.spyOn(console, 'error').mockImplementation((...given) => void keep('stderr')(`${format(...given)}\n`)),
    vi.spyOn(process.stdout, 'write').mockImplementation(keep('stdout')),
    vi.spyOn(process.stderr, 'write').mockImplementation(keep('stderr')),
  ];
  Object.assign(process.env, env);
  process.exitCode = undefined;
  process.chdir(cwd);
  try {
    await runSoundcheck(args);
    return { code: Number(process.exitCode ?? 0), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.chdir(before.cwd);
    for (const name of Object.keys(process.env)) if (!(name in before.env)) delete process.env[name];
    Object.assign(process.env, before.env);
    process.exitCode = before.exitCode;
  }
};
