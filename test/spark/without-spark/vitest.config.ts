import { defineConfig } from 'vitest/config';

/** A run of tests on a machine where Spark cannot be set up. */
export default defineConfig({
  test: {
    include: ['test/spark/without-spark/needs-spark.ts'],
    provide: { withoutSpark: 'Spark is not set up (npm run spark:setup): no Python here' },
    reporters: ['./test/count-reporter.ts'],
  },
});
