import { beforeEach, describe, inject } from 'vitest';
import { findSpark, type SparkInstallation } from '../../local/engines/spark/installation.ts';

/** Describes what needs Spark installed: skipped with the reason where it is not, a failure where `CI` is true. */
export const describeInstalled = (
  name: string,
  tests: (installation: SparkInstallation | undefined) => void,
): void => {
  const reason = inject('withoutSpark');
  const installation = reason ? undefined : findSpark();
  if (!installation && process.env.CI === 'true') throw new Error(reason);
  describe(name, () => {
    beforeEach(({ skip }) => {
      if (!installation) skip(reason);
    });
    tests(installation);
  });
};
