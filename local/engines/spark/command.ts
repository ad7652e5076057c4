import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program of the set-up did not do its work; the message ends with what it wrote last. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** Runs a program to its end and answers its lines, of both streams; each is told as it comes. Rejects with `CommandFailed`. */
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
