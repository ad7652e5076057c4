import { runCommand } from './command.ts';

/** There is no Python that PySpark 3.5 and dbt 1.11 can use. */
export class NoPython extends Error {
  override readonly name = 'NoPython';
  constructor(tried: readonly string[]) {
    super(`it needs Python 3.10, 3.11 or 3.12 with its venv module on the PATH; tried ${tried.join(', ')}`);
  }
}

const candidates = ['python3.12', 'python3.11', 'python3.10', 'python3', 'python'];
const question = 'import ensurepip, sys, venv; print(*sys.version_info[:2], sys.executable)';

/** The path of the first Python 3.10 to 3.12 on the PATH that can create virtual environments; rejects with `NoPython`. */
export const findPython = async (names: readonly string[] = candidates): Promise<string> => {
  for (const name of names) {
    const answer = await runCommand(name, ['-c', question]).catch(() => []);
    const [, minor, path] = /^3 (10|11|12) (.+)$/.exec(answer.at(-1) ?? '') ?? [];
    if (minor && path) return path;
  }
  throw new NoPython(names);
};
