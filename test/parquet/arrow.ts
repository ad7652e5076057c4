import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../local/engines/spark/command.ts';
import { findPython } from '../../local/engines/spark/python.ts';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const requirements = fromHere('requirements.txt');
const folder = fromHere('../../.venv-arrow');
const python = join(folder, 'bin', 'python');
const mark = join(folder, 'requirements.sha256');

/** Runs `files.py` with pyarrow, which is installed into `.venv-arrow` where it is not there; rejects with `NoPython` or `CommandFailed`. */
export const arrow = async (...given: string[]): Promise<string[]> => {
  await installed();
  return runCommand(python, [fromHere('files.py'), ...given]);
};

const wanted = (): string => createHash('sha256').update(readFileSync(requirements)).digest('hex');
const isCurrent = (): boolean => existsSync(mark) && readFileSync(mark, 'utf8') === wanted();

const installed = async (): Promise<void> => {
  if (isCurrent()) return;
  await rm(folder, { recursive: true, force: true });
  const found = await findPython();
  await withUv(found).catch(async () => {
    await rm(folder, { recursive: true, force: true });
    await runCommand(found, ['-m', 'venv', folder]);
    const pip = [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--no-input',
      '--only-binary',
      ':all:',
    ];
    await runCommand(python, [...pip, '-r', requirements]);
  });
  await writeFile(mark, wanted());
};

const withUv = async (found: string): Promise<void> => {
  await runCommand('uv', ['venv', '--python', found, folder]);
  await runCommand('uv', [
    'pip',
    'install',
    '--python',
    python,
    '--only-binary',
    ':all:',
    '-r',
    requirements,
  ]);
};
