import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { soundcheck } from '../cli/soundcheck-process.ts';

const names = ['README.md', 'CONTRIBUTING.md', ...readdirSync('docs').map((name) => join('docs', name))];

/** Commands and their options as pages show them: `npx soundcheck land …` in text and in code. */
const shown = names.flatMap((name) =>
  [...readFileSync(name, 'utf8').matchAll(/npx soundcheck (\w+)([^`\n]*)/g)].map(
    ([, command = '', rest = '']) => ({ name, command, options: rest.match(/--[a-z-]+/g) ?? [] }),
  ),
);

test('every command and option that a page shows exists', { timeout: 60_000 }, async () => {
  const commands = [...new Set(shown.map(({ command }) => command))];
  expect(commands.length).toBeGreaterThan(10);
  const helps = new Map(
    await Promise.all(
      commands.map(async (command) => [command, await soundcheck([command, '--help'])] as const),
    ),
  );
  const unknown = shown.filter(({ command, options }) => {
    const { code, stdout } = helps.get(command) ?? { code: 1, stdout: '' };
    return code !== 0 || options.some((option) => !stdout.includes(option));
  });
  expect(unknown).toEqual([]);
});

test('docs/commands.md shows every command', async () => {
  const { stdout } = await soundcheck(['--help']);
  const commands = [...stdout.matchAll(/^ {2}(\w+) \[options\]/gm)].map(([, command = '']) => command);
  expect(commands.length).toBeGreaterThan(10);
  const page = readFileSync('docs/commands.md', 'utf8');
  const missing = commands.filter(
    (command) => !new RegExp(`(soundcheck|npm run|npm) ${command}\\b`).test(page),
  );
  expect(missing).toEqual([]);
});
