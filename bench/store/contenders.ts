import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { openStore } from '../../local/cloud/store/index.ts';

export type Pair = readonly [key: Uint8Array, value: Uint8Array];

/** A store that is measured. It rejects or throws what it notices. */
export type Contender = {
  get(key: Buffer): Promise<Uint8Array | undefined>;
  put(pair: Pair): Promise<void>;
  batch(pairs: readonly Pair[]): Promise<void>;
  scan(take: (pair: Pair) => void): Promise<void>;
  close(): Promise<void>;
};

export const contenders: Readonly<Record<string, (folder: string) => Promise<Contender>>> = {
  'this store': async (folder) => {
    const store = openStore(join(folder, 'entries.db'));
    return {
      get: async (key) => store.get(key),
      put: ([key, value]) => store.writeSoon([{ type: 'put', key, value }]),
      batch: (pairs) => store.writeSoon(pairs.map(([key, value]) => ({ type: 'put', key, value }))),
      scan: async (take) => {
        const cursor = store.cursor({});
        for (let pair = cursor.next(); pair; pair = cursor.next()) take(pair);
        cursor.close();
      },
      close: async () => store.close(),
    };
  },
  'LevelDB (classic-level 3.0.0)': async (folder) => {
    const { ClassicLevel } = packageOf('classic-level');
    const db = new ClassicLevel(folder, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
    await db.open();
    return {
      get: async (key) => db.getSync(key),
      put: ([key, value]) => db.put(key, value),
      batch: (pairs) => db.batch(pairs.map(([key, value]) => ({ type: 'put', key, value }))),
      scan: async (take) => {
        for await (const pair of db.iterator()) take(pair);
      },
      close: () => db.close(),
    };
  },
  'node-sqlite3-wasm 0.8.60, plain': async (folder) => {
    const { Database } = packageOf('node-sqlite3-wasm');
    const db = new Database(join(folder, 'entries.db'));
    const prepare = (sql: string) => {
      const statement = db.prepare(sql);
      return {
        run: (values: readonly unknown[]) => statement.run(values),
        get: (values: readonly unknown[]) => statement.get(values),
        rows: (): Iterable<Row> => statement.iterate(),
        end: () => statement.finalize(),
      };
    };
    return plainSqlite(
      prepare,
      (sql) => db.all(sql),
      () => db.close(),
    );
  },
  '@photostructure/sqlite 1.2.1, plain': async (folder) => {
    const { DatabaseSync } = packageOf('@photostructure/sqlite');
    const db = new DatabaseSync(join(folder, 'entries.db'));
    const prepare = (sql: string) => {
      const statement = db.prepare(sql);
      return {
        run: (values: readonly unknown[]) => statement.run(...values),
        get: (values: readonly unknown[]) => statement.get(...values),
        rows: (): Iterable<Row> => statement.iterate(),
        end: () => {},
      };
    };
    return plainSqlite(
      prepare,
      (sql) => db.exec(sql),
      () => db.close(),
    );
  },
};

type Row = { readonly k: Uint8Array; readonly c: number; readonly v: Uint8Array };
type Prepared = {
  run(values: readonly unknown[]): unknown;
  get(values: readonly unknown[]): Row | null | undefined;
  rows(): Iterable<Row>;
  end(): void;
};

/** SQLite with the same settings and a checksum for each entry, which is verified, and none for pages and commits. */
const plainSqlite = (
  prepare: (sql: string) => Prepared,
  execute: (sql: string) => unknown,
  close: () => void,
): Contender => {
  for (const setting of [
    'locking_mode = exclusive',
    'journal_mode = wal',
    'synchronous = normal',
    'wal_autocheckpoint = 4000',
    'cache_size = -4000',
  ])
    execute(`pragma ${setting}`);
  execute('create table if not exists entries (k blob primary key, c integer, v blob) without rowid');
  const insert = prepare('replace into entries (k, c, v) values (?, ?, ?)');
  const select = prepare('select k, c, v from entries where k = ?');
  const all = prepare('select k, c, v from entries order by k');
  const verified = ({ k, c, v }: Row): Pair => {
    if (crc32(v, crc32(k)) !== c) throw new Error('an entry has a wrong checksum');
    return [k, v];
  };
  const write = (pairs: readonly Pair[]): void => {
    execute('begin immediate');
    for (const [key, value] of pairs) insert.run([key, crc32(value, crc32(key)), value]);
    execute('commit');
  };
  let soon: Pair[] = [];
  let written: Promise<void> | undefined;
  const batch = (pairs: readonly Pair[]): Promise<void> => {
    soon.push(...pairs);
    written ??= new Promise((settle) => {
      setImmediate(() => {
        const now = soon;
        soon = [];
        written = undefined;
        write(now);
        settle();
      });
    });
    return written;
  };
  return {
    get: async (key) => {
      const row = select.get([key]);
      return row ? verified(row)[1] : undefined;
    },
    put: (pair) => batch([pair]),
    batch,
    scan: async (take) => {
      for (const row of all.rows()) take(verified(row));
    },
    close: async () => {
      for (const statement of [insert, select, all]) statement.end();
      close();
    },
  };
};

const folder = fileURLToPath(new URL('../../.build/bench-store', import.meta.url));
const pins = {
  'classic-level': '3.0.0',
  'node-sqlite3-wasm': '0.8.60',
  '@photostructure/sqlite': '1.2.1',
};

/** A package that only this benchmark uses, from a folder of its own. */
const packageOf = (name: keyof typeof pins) => createRequire(join(folder, 'package.json'))(name);

/** Installs the packages that only this benchmark uses, once. */
export const installContenders = (): void => {
  if (existsSync(join(folder, 'node_modules'))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: pins }));
  execFileSync('npm', ['install', '--ignore-scripts', '--no-package-lock'], { cwd: folder, stdio: 'ignore' });
};
