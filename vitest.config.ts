import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import LongestFirst from './test/longest-first.ts';
import { javaOptions } from './test/spark/class-archive.ts';

/** Unit and property tests of code that reads and writes nothing: they share one process, and what it has loaded. */
const pure = [
  'test/functions/{values,validation,quality,warehouse,pipeline}/**/*.test.ts',
  'test/oracle/**/*.test.ts',
];

export default defineConfig({
  test: {
    reporters: ['default', './test/count-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Many tests wait rather than work: two processors take three files at once.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    env: { JDK_JAVA_OPTIONS: javaOptions },
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...pure],
          globalSetup: ['test/spark/global-setup.ts'],
        },
      },
    ],
  },
});
