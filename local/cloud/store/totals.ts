import { crc32 } from 'node:zlib';
import { DamagedStore } from './damaged-store.ts';
import type { Database, Prepare } from './database.ts';

/** Number of commits and entries of a store and the sum of the entries' checksums; stored with each commit. */
export type Totals = { readonly commits: number; readonly entries: number; readonly checksums: number };

export const noEntries: Totals = { commits: 0, entries: 0, checksums: 0 };

/** Sums of checksums are kept below this, so that they are exact numbers. */
const MODULUS = 2 ** 52;

const schema = [
  'create table if not exists entries (k blob primary key, c integer, v blob) without rowid',
  'create table if not exists totals (commits integer, entries integer, checksums integer)',
  'insert into totals select 0, 0, 0 where not exists (select 1 from totals)',
];

/** Makes the tables of a new store; also if a process died while it did. */
export const makeTables = (database: Database): void => {
  for (const statement of schema) database.ask(statement);
};

export const checksumOf = (key: Uint8Array, value: Uint8Array): number => crc32(value, crc32(key));

/** Totals after an entry with a checksum was replaced by another one; undefined where there is none. */
export const replaced = (
  { commits, entries, checksums }: Totals,
  before: number | undefined,
  now: number | undefined,
): Totals => ({
  commits,
  entries: entries + (now === undefined ? 0 : 1) - (before === undefined ? 0 : 1),
  checksums: (checksums + MODULUS + (now ?? 0) - (before ?? 0)) % MODULUS,
});

/** Zeros if there are no tables, because they were only in a log that is gone. */
export const readTotals = (database: Database): Totals => {
  const hasTables = database.ask("select count(*) from sqlite_master where type = 'table'") === 2;
  const row = hasTables && database.run((sql) => sql('select commits, entries, checksums from totals').get());
  const [commits = 0, entries = 0, checksums = 0] = (row || []).map(Number);
  return { commits, entries, checksums };
};

export const writeTotals = (sql: Prepare, { commits, entries, checksums }: Totals): void =>
  sql('update totals set commits = ?, entries = ?, checksums = ?').run(commits, entries, checksums);

/** Throws `DamagedStore` unless the store has as many entries as it should, with these checksums. */
export const compareTotals = (database: Database, totals: Totals): void => {
  const sums = `select count(*), coalesce(sum(c), 0) % ${MODULUS} from entries`;
  const [entries = 0, checksums = 0] = (database.run((sql) => sql(sums).get()) ?? []).map(Number);
  expectTotals(database.path, { ...noEntries, entries, checksums }, totals);
};

/** Throws `DamagedStore` unless a store with this path has the entries that it should have. */
export const expectTotals = (path: string, found: Totals, { entries, checksums }: Totals): void => {
  if (found.entries !== entries)
    throw new DamagedStore(path, `it has ${found.entries} entries, and should have ${entries}`);
  if (found.checksums !== checksums) throw new DamagedStore(path, 'some of its entries are old ones');
};
