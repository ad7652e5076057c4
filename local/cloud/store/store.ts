import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PAGE } from './checked-files.ts';
import { DamagedStore } from './damaged-store.ts';
import { Database } from './database.ts';
import { Entries, type Store } from './entries.ts';
import { type FoundCommit, type LastCommit, openLastCommit } from './last-commit.ts';
import { remembered } from './open-stores.ts';
import { compareTotals, makeTables, readTotals, type Totals } from './totals.ts';

/**
 * Opens the store with this file of pages, or makes it. After a process that did not close it, all pages and totals are checked
 * first.
 */
export const openStore = (file: string): Store => {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true });
  const isNew = !existsSync(path);
  const last = openLastCommit(`${path}-last`, isNew);
  try {
    if (last.hasRecord) expectFile(path);
    return remembered(path, openEntries(path, last));
  } catch (cause) {
    last.close();
    throw cause;
  }
};

/** A store that was used has at least a page. */
const expectFile = (path: string): void => {
  if (!existsSync(path)) throw new DamagedStore(path, 'it is missing');
  const { size } = statSync(path);
  if (size < PAGE) throw new DamagedStore(path, `it has only ${size} bytes`);
};

const openEntries = (path: string, last: LastCommit): Store => {
  const database = new Database(path);
  try {
    const { number } = database;
    const found = last.foundOf(number);
    if (!last.hasRecord || found?.number === 0) makeTables(database);
    const totals = readTotals(database);
    expectWhole(database, totals, last.hasRecord, found);
    giveBack(database);
    return new Entries(database, number, last, totals);
  } catch (cause) {
    database.abandon();
    throw cause;
  }
};

/** Before anything is written, so that a damaged store stays as it is. */
const expectWhole = (
  database: Database,
  totals: Totals,
  hasRecord: boolean,
  found: FoundCommit | undefined,
): void => {
  const { path, log } = database;
  const hasLog = existsSync(log) && statSync(log).size > 0;
  if (!found && hasRecord) throw new DamagedStore(path, `it is not the store that ${path}-last belongs to`);
  if (!found && totals.commits > 0) throw new DamagedStore(`${path}-last`, 'it has no record');
  // SQLite leaves out what it takes for the torn end of its log, or a whole log.
  const lost = (found?.number ?? 0) - totals.commits;
  if (lost > 0 && (found?.isClosed || !found?.isOtherBoot))
    throw new DamagedStore(hasLog ? log : path, `the last ${lost} commits are missing`);
  const pages = Number(database.ask('pragma page_count'));
  if (!hasLog && statSync(path).size < pages * PAGE)
    throw new DamagedStore(path, `it is shorter than its ${pages} pages`);
  if (found?.isClosed && !hasLog && lost === 0) return;
  database.checkPages();
  compareTotals(database, totals);
};

const PAGES_AT_ONCE = 2_000;

/** Gives the pages of removed entries back to the file system if they are a quarter of all. */
const giveBack = (database: Database): void => {
  const free = Number(database.ask('pragma freelist_count'));
  if (free < PAGES_AT_ONCE || free < Number(database.ask('pragma page_count')) / 4) return;
  try {
    for (let given = 0; given < free; given += PAGES_AT_ONCE)
      database.run((sql) => sql(`pragma incremental_vacuum(${PAGES_AT_ONCE})`).run());
  } catch (cause) {
    // A disk that is too full for this is not too full to read.
    if (cause instanceof DamagedStore) throw cause;
  }
};
