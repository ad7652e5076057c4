import { sep } from 'node:path';

/** What can be checked and closed. */
type Checked = { checkInTurns(): Promise<void>; close(): void };

const openStores = new Map<string, Checked>();

/** The same store, which is among the open ones of this process until it is closed. */
export const remembered = <Store extends Checked>(path: string, store: Store): Store => {
  const close = store.close.bind(store);
  openStores.set(path, store);
  return Object.assign(store, {
    close: () => {
      openStores.delete(path);
      close();
    },
  });
};

/** The open stores in a folder. */
export const openStoresIn = (folder: string): Checked[] =>
  [...openStores].flatMap(([path, store]) => (path.startsWith(folder + sep) ? [store] : []));

/** Closes what a start that failed has left open. */
export const closeStoresIn = (folder: string): void => {
  for (const store of openStoresIn(folder)) store.close();
};
