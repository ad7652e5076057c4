import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { lockState, StateIsLocked } from '../../state/index.ts';
import { runCommand } from '../spark/command.ts';
import { findPython } from '../spark/python.ts';

type Log = (line: string) => void;

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const requirements = fromHere('../../../sql/requirements.txt');
const folder = fromHere('../../../.venv-dbt');

/**
 * The path of dbt in `.venv-dbt`, installed again if it does not fit `sql/requirements.txt`; rejects with `NoPython` or
 * `CommandFailed`.
 */
export const setUpDbt = async (log: Log): Promise<string> => {
  const dbt = join(folder, 'bin', 'dbt');
  if (isCurrent()) return dbt;
  const release = await lock(fromHere('../../../.build/dbt'), log);
  try {
    if (!isCurrent()) await install(log);
  } finally {
    release();
  }
  return dbt;
};

/** Written last: an incomplete environment has none. */
const mark = join(folder, 'requirements.sha256');
const wanted = (): string => createHash('sha256').update(readFileSync(requirements)).digest('hex');
const isCurrent = (): boolean => existsSync(mark) && readFileSync(mark, 'utf8') === wanted();

const install = async (log: Log): Promise<void> => {
  const found = await findPython();
  log(`Installing dbt into ${folder} with ${found}: 260 MB, about half a minute`);
  await withUv(found).catch(() => withPip(found));
  await writeFile(mark, wanted());
};

/** Ten times as fast as pip; rejects if there is no uv, or it cannot reach a registry that pip may reach. */
const withUv = async (found: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await runCommand('uv', ['venv', '--python', found, folder]);
  await runCommand('uv', [
    'pip',
    'install',
    '--python',
    python(),
    '--only-binary',
    ':all:',
    '-r',
    requirements,
  ]);
};

const withPip = async (found: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await runCommand(found, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--only-binary', ':all:'];
  await runCommand(python(), [...pip, '-r', requirements]);
};

const python = (): string => join(folder, 'bin', 'python');

/** Waits while another process installs. */
const lock = async (state: string, log: Log): Promise<() => void> => {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await lockState(state);
    } catch (error) {
      if (!(error instanceof StateIsLocked)) throw error;
      if (isFirst) log(`Process ${error.pid} is already installing dbt; waiting for it`);
      await wait(500);
    }
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setUpDbt(console.log).then(
    (dbt) => console.log(`dbt is set up: ${dbt}`),
    (error: unknown) => {
      console.error(`dbt is not set up: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    },
  );
}
