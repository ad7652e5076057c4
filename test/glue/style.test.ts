import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../local/engines/spark/installation.ts';
import { describeInstalled } from '../spark/installed.ts';

const python = ['.'];

describeInstalled('the Python of the project', (installation) => {
  const ruff = (...given: string[]): string => {
    const { stdout, stderr, error } = spawnSync(
      join(installation?.python ?? '', '..', 'ruff'),
      [...given, ...python],
      { cwd: projectRoot, encoding: 'utf8' },
    );
    return error ? String(error) : `${stdout}${stderr}`;
  };

  test('keeps to the rules of ruff.toml', () => {
    expect(ruff('check')).toBe('All checks passed!\n');
  });

  test('is formatted', () => {
    expect(ruff('format', '--check')).toMatch(/^\d+ files already formatted\n$/);
  });
});
