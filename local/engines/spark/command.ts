import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program of the set-up failed; the message ends with its last lines. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/**
 * Runs a program and returns the lines of both its streams; each line is also reported at once. Rejects with `CommandFailed`.
 */
export const runCommand = (
  program: string,
  given: readonly string[],
  tell: (line: string) => void = () => {},
): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const lines: string[] = [];
    const child = spawn(program, given, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        tell(line);
      });
    child.once('error', ({ message }) => reject(new CommandFailed(`${program}: ${message}`)));
    child.once('close', (code, signal) =>
      code === 0
        ? resolve(lines)
        : reject(new CommandFailed(`${program} ended with ${signal ?? code}: ${lines.slice(-5).join('\n')}`)),
    );
  });
