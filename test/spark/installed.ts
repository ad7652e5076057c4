import { beforeEach, describe } from 'vitest';
import { findSpark, type SparkInstallation } from '../../local/spark/installation.ts';

const reason = 'Spark is not set up: run `npm run spark:setup` (it needs Python 3.10 to 3.12)';

/** Describes what needs Spark installed: skipped with the reason where it is not, a failure where `CI` is true. */
export const describeInstalled = (
  name: string,
  tests: (installation: SparkInstallation | undefined) => void,
): void => {
  const installation = findSpark();
  if (!installation && process.env.CI === 'true') throw new Error(reason);
  describe(name, () => {
    beforeEach(({ skip }) => {
      if (!installation) skip(reason);
    });
    tests(installation);
  });
};
