import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { nextCommand, nextCommandsSpeakTo, npmCloud, npmStart } from '../../../cli/output/next-command.ts';

const elsewhere = { LAKE_BUCKET: 'lake', LEDGER_TABLE: 'team-ledger' };

afterEach(() => nextCommandsSpeakTo({}, {}));

describe('commands that are printed as a next step', () => {
  test('name the state or the stage of the command that prints them', () => {
    nextCommandsSpeakTo({ state: 'bank/state' }, {});
    expect(nextCommand('retry', 'streams')).toBe('npx soundcheck retry streams --state bank/state');
    expect(npmStart('--fresh')).toBe('npm start -- --state bank/state --fresh');
    expect(npmCloud()).toBe('npm run cloud -- --state bank/state');
    nextCommandsSpeakTo({ stage: 'dev' }, {});
    expect(nextCommand('runs')).toBe('npx soundcheck runs --stage dev');
  });

  test('need no option for the usual cloud, unless the environment names another one', () => {
    nextCommandsSpeakTo({}, elsewhere);
    expect(nextCommand('runs')).toBe('npx soundcheck runs');
    nextCommandsSpeakTo({ state: './.soundcheck' }, {});
    expect(nextCommand('runs')).toBe('npx soundcheck runs');
    expect(npmCloud()).toBe('npm run cloud');
    nextCommandsSpeakTo({ state: '.soundcheck' }, elsewhere);
    expect(nextCommand('runs')).toBe('npx soundcheck runs --state .soundcheck');
  });

  test('can be pasted into a shell whatever a file or a folder is called', () => {
    nextCommandsSpeakTo({ state: "Ann's state" }, {});
    expect(nextCommand('land', 'my rows.csv@a-1.rows.csv')).toBe(
      "npx soundcheck land 'my rows.csv@a-1.rows.csv' --state 'Ann'\\''s state'",
    );
  });

  test('are made in one place', async () => {
    const folder = 'cli';
    const names = (await readdir(folder, { recursive: true })).filter(
      (name) => /\.c?[jt]s$/.test(name) && !name.endsWith('next-command.ts'),
    );
    for (const name of names) {
      const text = await readFile(join(folder, name), 'utf8');
      const printed = text.split('\n').filter((line) => !/^\s*(\/?\*|["'] {2}\$ soundcheck)/.test(line));
      expect(printed.join('\n'), name).not.toMatch(/npx soundcheck|[;,:] soundcheck [a-z]/);
    }
  });
});
