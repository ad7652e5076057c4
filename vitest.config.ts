import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import LongestFirst from './test/longest-first.ts';
import { javaOptions } from './test/spark/class-archive.ts';

/** Unit and property tests of code that reads and writes nothing: they share one process, and what it has loaded. */
const pure = [
  'test/functions/{values,validation,quality,sources,warehouse,pipeline}/**/*.test.ts',
  'test/oracle/**/*.test.ts',
];

/** Tests of clouds in the test's own process, and of clouds in processes that it starts: each ends its cloud, so they share a process. */
const clouds = [
  'test/any-datasets.test.ts',
  'test/cli/cloud-commands.test.ts',
  'test/end-to-end/!(spark|spark-kills).test.ts',
  'test/torture/*.test.ts',
];

/** Tests of Spark sessions and servers, or of what a process itself is: each file has a process of its own. */
const whole = [
  'test/{browser,dbt,glue,spark}/**/*.test.ts',
  'test/bench/{programs,spark}.test.ts',
  'test/cli/{check/memory,start/start}.test.ts',
  'test/deploy/{deployed,deployed-variants,package}.test.ts',
  'test/docs/{operate,readme}.test.ts',
  'test/end-to-end/{spark,spark-kills}.test.ts',
  'test/fuzz/fuzz-spark.test.ts',
  'test/local/cloud/{cloud,state-engine}.test.ts',
  'test/local/engines/iceberg/silver-views.test.ts',
  'test/local/engines/{postgres,spark}/**/*.test.ts',
  'test/sql/{macros,portable,silver-casts,silver-engines}.test.ts',
];

export default defineConfig({
  test: {
    reporters: ['default', './test/count-reporter.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Many tests wait rather than work: two processors take four files at once.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    env: { JDK_JAVA_OPTIONS: javaOptions },
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...pure, ...clouds, ...whole],
          // To load the SDK and DuckDB takes most of these files longer than to run.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'clouds', include: clouds, isolate: false } },
      {
        extends: true,
        test: { name: 'whole', include: whole, globalSetup: ['test/spark/global-setup.ts'] },
      },
    ],
  },
});
