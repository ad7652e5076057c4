import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../local/engines/spark/installation.ts';

const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
const config = 'test/spark/without-spark/vitest.config.ts';

/** Runs the tests of a machine without Python. */
const runWithout = (CI: string) =>
  spawnSync(process.execPath, [vitest, 'run', '--config', config], {
    cwd: projectRoot,
    encoding: 'utf8',
    env: { ...process.env, CI, SLOWEST: '20' },
  });

test('tests on Spark are skipped with the reason and the command where it cannot be set up', () => {
  const { status, stdout } = runWithout('');
  expect(stdout).toContain(
    'SKIPPED tables > are read: Spark is not set up (npm run spark:setup): no Python here\n',
  );
  expect(stdout).toContain('0 passed, 0 failed, 1 skipped');
  expect(status).toBe(0);
});

test('they fail there where CI says that all must run, and the slowest files are listed', () => {
  const { status, stdout } = runWithout('true');
  expect(stdout).toContain('0 passed, 1 failed');
  expect(stdout).toMatch(
    /^The slowest 1 of 1 test files: .*\n +\d+\.\d s {2}test\/spark\/without-spark\/needs-spark\.ts\n/m,
  );
  expect(status).toBe(1);
});
