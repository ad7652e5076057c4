import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../local/engines/spark/command.ts';
import { findPython } from '../../local/engines/spark/python.ts';

/**
 * The Python of an environment with what a requirements file names. The environment is made where it is missing or older than
 * the file; rejects with `NoPython` or `CommandFailed`.
 */
export const pythonWith = async (requirements: string, folder: string): Promise<string> => {
  const python = join(folder, 'bin', 'python');
  const mark = join(folder, 'requirements.sha256');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return python;
  const found = await findPython();
  await rm(folder, { recursive: true, force: true });
  await withUv(found, folder, requirements).catch(async () => {
    await rm(folder, { recursive: true, force: true });
    await runCommand(found, ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', ...wheels];
    await runCommand(python, [...pip, '-r', requirements]);
  });
  await writeFile(mark, wanted);
  return python;
};

const wheels = ['--only-binary', ':all:'];

const withUv = async (found: string, folder: string, requirements: string): Promise<void> => {
  await runCommand('uv', ['venv', '--python', found, folder]);
  const python = join(folder, 'bin', 'python');
  await runCommand('uv', ['pip', 'install', '--python', python, ...wheels, '-r', requirements]);
};
