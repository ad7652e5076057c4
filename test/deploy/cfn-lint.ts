import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandFailed, runCommand } from '../../local/engines/spark/command.ts';
import { pythonWith } from '../python/tool.ts';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * What cfn-lint finds in a template, one line each. It is installed into `.venv-cfn` where it is not there; rejects with
 * `NoPython` or `CommandFailed`.
 */
export const cfnLint = async (template: string): Promise<string[]> => {
  const python = await pythonWith(fromHere('cfn-lint-requirements.txt'), fromHere('../../.venv-cfn'));
  const given = ['--regions', 'eu-west-1', '--format', 'parseable', '-t', template];
  const found: string[] = [];
  try {
    await runCommand(join(dirname(python), 'cfn-lint'), given, (line) => found.push(line));
  } catch (error) {
    if (!(error instanceof CommandFailed) || found.length === 0) throw error;
  }
  return found.map((line) => line.replace(template, 'template')).filter((line) => line.trim() !== '');
};
