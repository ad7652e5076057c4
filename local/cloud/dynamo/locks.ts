import type { Store } from './dynalite.ts';

/**
 * Runs work that nobody else's write of these items interrupts. All keys are asked for in one turn of the event loop, so that
 * two calls never wait for each other. Keys of one table are all different.
 */
export const locked = async <Result>(
  { getItemDb }: Store,
  keys: ReadonlyMap<string, readonly string[]>,
  work: () => Promise<Result>,
): Promise<Result> => {
  const releases: (() => void)[] = [];
  await Promise.all(
    [...keys].map(
      ([table, ofTable]) =>
        new Promise<void>((resolve) => {
          getItemDb(table).lock(ofTable, (release) => {
            releases.push(release(() => {}));
            resolve();
          });
        }),
    ),
  );
  try {
    return await work();
  } finally {
    for (const release of releases) release();
  }
};
