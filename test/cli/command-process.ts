import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { vi } from 'vitest';

/** A command of the package in a process group of its own, as a terminal has it. */
export type CommandProcess = {
  /** All that it has printed so far. */
  readonly text: () => string;
  /** Resolves once it has printed this. */
  says(text: string): Promise<void>;
  /** What Ctrl-C does: the whole group is told. */
  interrupt(): void;
  /** Ends whatever is left of it at once. */
  kill(): void;
  /** Exit code of the command, null after a signal. */
  readonly ended: Promise<number | null>;
  /** Processes of the group that still run. */
  alive(): string[];
};

/** Runs `npm run <script> -- <args>` from the project's folder. */
export const runCommand = (script: string, ...args: string[]): CommandProcess => {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], { detached: true });
  let printed = '';
  const listen = (chunk: unknown): void => {
    printed += String(chunk);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return {
    text: () => printed,
    says: (text) =>
      vi.waitFor(() => void (printed.includes(text) || fail(`${text} is not said: ${printed}`)), {
        timeout: 120_000,
        interval: 50,
      }),
    interrupt: () => signal(child, 'SIGINT'),
    kill: () => signal(child, 'SIGKILL'),
    ended: once(child, 'close').then(([code]) => code),
    alive: () => membersOf(child.pid),
  };
};

const fail = (message: string): never => {
  throw new Error(message);
};

/** A group that is gone cannot be told. */
const signal = ({ pid }: ChildProcess, name: NodeJS.Signals): void => {
  if (membersOf(pid).length > 0) process.kill(-(pid ?? 0), name);
};

const membersOf = (group: number | undefined): string[] =>
  execFileSync('ps', ['-eo', 'pgid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => {
      const [pgid, stat = 'Z'] = line.trim().split(/\s+/);
      return pgid === String(group) && !stat.startsWith('Z');
    });
