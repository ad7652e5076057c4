import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandFailed, runCommand } from '../../local/engines/spark/command.ts';
import { pythonWith } from '../python/tool.ts';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * What cfn-lint finds in templates, one line each that begins with the name of its template. It is installed into `.venv-cfn` where
 * it is not there; rejects with `NoPython` or `CommandFailed`.
 */
export const cfnLint = async (templates: Readonly<Record<string, string>>): Promise<string[]> => {
  const python = await pythonWith(fromHere('cfn-lint-requirements.txt'), fromHere('../../.venv-cfn'));
  const given = ['--regions', 'eu-west-1', '--format', 'parseable', '-t', ...Object.values(templates)];
  const found: string[] = [];
  try {
    await runCommand(join(dirname(python), 'cfn-lint'), given, (line) => found.push(line));
  } catch (error) {
    if (!(error instanceof CommandFailed) || found.length === 0) throw error;
  }
  const named = (line: string): string =>
    Object.entries(templates).reduce((text, [name, path]) => text.replace(path, name), line);
  return found.map(named).filter((line) => line.trim() !== '');
};
