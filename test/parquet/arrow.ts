import { fileURLToPath } from 'node:url';
import { runCommand } from '../../local/engines/spark/command.ts';
import { pythonWith } from '../python/tool.ts';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Runs `files.py` with pyarrow, which is installed into `.venv-arrow` where it is not there; rejects with `NoPython` or `CommandFailed`. */
export const arrow = async (...given: string[]): Promise<string[]> => {
  const python = await pythonWith(fromHere('requirements.txt'), fromHere('../../.venv-arrow'));
  return runCommand(python, [fromHere('files.py'), ...given]);
};
