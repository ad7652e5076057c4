import type { TestProject } from 'vitest/node';
import { setUpSpark } from '../../local/engines/spark/setup.ts';
import { makeClassArchive } from './class-archive.ts';
import { openSharedSessions, type SharedSessions } from './shared-sessions.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Why tests with Spark cannot run; empty when they can. */
    withoutSpark: string;
    /** Where the sessions are that test files share; empty without Spark. */
    sparkSessions: string;
  }
}

/**
 * Sets Spark up before the first test. Where that cannot be, those that need it say why; no other is held up. The archive
 * of Java's classes is made meanwhile: the first sessions do without. Sessions that files share end after the last test.
 */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  let archiving: Promise<void> = Promise.resolve();
  let sessions: SharedSessions | undefined;
  const reason = await setUpSpark({ log: console.log }).then(
    async (installation) => {
      sessions = await openSharedSessions(installation);
      archiving = makeClassArchive(installation).catch(console.error);
      return '';
    },
    (error: unknown) =>
      `Spark is not set up (npm run spark:setup): ${error instanceof Error ? error.message : error}`,
  );
  project.provide('withoutSpark', reason);
  project.provide('sparkSessions', sessions?.address ?? '');
  return async () => {
    await Promise.all([archiving, sessions?.close()]);
  };
};
