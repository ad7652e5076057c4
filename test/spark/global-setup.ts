import type { TestProject } from 'vitest/node';
import { setUpSpark } from '../../local/engines/spark/setup.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Why tests with Spark cannot run; empty when they can. */
    withoutSpark: string;
  }
}

/** Sets Spark up before the first test. Where that cannot be, those that need it say why; no other is held up. */
export default async (project: TestProject): Promise<void> => {
  const reason = await setUpSpark({ log: console.log }).then(
    () => '',
    (error: unknown) =>
      `Spark is not set up (npm run spark:setup): ${error instanceof Error ? error.message : error}`,
  );
  project.provide('withoutSpark', reason);
};
