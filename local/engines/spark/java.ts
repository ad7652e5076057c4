import { join } from 'node:path';
import { runCommand } from './command.ts';

/** The machine's Java as PySpark finds it: from `JAVA_HOME`, else on the PATH; undefined unless it is version 17. */
export const machineJava = async (
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string | undefined> => {
  const { JAVA_HOME: home } = environment;
  const java = home ? join(home, 'bin', 'java') : 'java';
  const lines = await runCommand(java, ['-version']).catch(() => []);
  return lines.some((line) => /^\S+ version "17[."]/.test(line)) ? java : undefined;
};
