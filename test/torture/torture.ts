import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';

const ending = '.test.ts';
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(ending))
  .map((file) => basename(file, ending));

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
};

/** Runs a torture's tests at another scale than `npm test` does. */
const run = (name: string, { rounds, seed }: { rounds: number; seed: number }): void => {
  const vitest = join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');
  const file = `test/torture/${name}${ending}`;
  // Rounds take as long as they take.
  const options = ['run', file, '--testTimeout=0', '--hookTimeout=0', '--disable-console-intercept'];
  const env = { ...process.env, TORTURE_ROUNDS: String(rounds), TORTURE_SEED: String(seed) };
  const child = spawn(process.execPath, [vitest, ...options], { env, stdio: 'inherit' });
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
};

new Command('torture')
  .description(
    'Tries to break a laptop cloud, and says what was left whole; docs/reliability.md has the figures.',
  )
  .addArgument(new Argument('<name>', 'what is done to it').choices(names))
  .option('--rounds <number>', 'how often', whole, 10)
  .option('--seed <number>', 'the seed of the first round; each later round has the next one', whole, 1)
  .action(run)
  .parse();
