import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { soundcheck } from './soundcheck-process.ts';

const commands = [
  'check',
  'infer',
  'start',
  'cloud',
  'query',
  'show',
  'land',
  'pull',
  'backfill',
  'kpis',
  'runs',
  'doctor',
  'report',
  'replay',
  'reprocess',
  'retry',
  'dismiss',
];

describe('help', { timeout: 60_000 }, () => {
  test('names every command and begins with examples', async () => {
    const { code, stdout } = await soundcheck(['--help']);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).toContain('$ soundcheck check streams7.csv');
    expect(code).toBe(0);
  });

  test.each(commands)('of %s has an example and its way to answer programs', async (command) => {
    const { code, stdout } = await soundcheck([command, '--help']);
    expect(stdout).toContain(`$ soundcheck ${command}`);
    expect(stdout).toContain('--json');
    expect(code).toBe(0);
  });

  test('is offered for a command that does not exist, with the one that was meant', async () => {
    const { code, stderr } = await soundcheck(['chekc']);
    expect(stderr).toContain("error: unknown command 'chekc'");
    expect(stderr).toContain('Did you mean check?');
    expect(code).toBe(1);
  });

  test('knows the commands and options that the README shows', async () => {
    const readme = await readFile('README.md', 'utf8');
    const shown = [...readme.matchAll(/npx soundcheck (\w+)([^`\n]*)/g)];
    expect(new Set(shown.map(([, command]) => command)).size).toBeGreaterThan(5);
    for (const [, command = '', rest = ''] of shown) {
      const { stdout } = await soundcheck([command, '--help']);
      expect(commands).toContain(command);
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(stdout).toContain(option);
    }
  });
});
