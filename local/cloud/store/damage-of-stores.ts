import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedStore } from './damaged-store.ts';
import { openStoresIn } from './open-stores.ts';
import { openStore } from './store.ts';

/** Messages about damaged stores among the open ones in a folder. Other work is done meanwhile. */
export async function* damageOfOpenStores(folder: string): AsyncGenerator<string> {
  for (const store of openStoresIn(folder))
    yield* await store.checkInTurns().then(
      () => [],
      (error: unknown) => [messageOf(error)],
    );
}

/** Messages about damaged stores in a folder in which no store is open; they are opened one after another. */
export function* damageOfStores(folder: string): Generator<string> {
  for (const name of storesIn(folder))
    yield* damageIn(() => {
      const store = openStore(join(folder, name));
      try {
        store.check();
      } finally {
        store.close();
      }
    });
}

/** Also those that miss their file of pages. */
const storesIn = (folder: string): Set<string> =>
  new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .flatMap((name) => /^(.*\.db)(?:-wal|-last)?$/s.exec(name)?.[1] ?? []),
  );

function* damageIn(check: () => void): Generator<string> {
  try {
    check();
  } catch (error) {
    yield messageOf(error);
  }
}

/** Throws any other error. */
const messageOf = (error: unknown): string => {
  if (error instanceof DamagedStore) return error.message;
  throw error;
};
