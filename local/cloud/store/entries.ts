import { setImmediate as otherWork } from 'node:timers/promises';
import { type Cursor, openCursor, type Range, type ReadRange, type TrackedCursor } from './cursor.ts';
import { DamagedStore } from './damaged-store.ts';
import type { Database, Prepare } from './database.ts';
import type { LastCommit } from './last-commit.ts';
import type { Value } from './sqlite.ts';
import {
  checksumOf,
  compareTotals,
  expectTotals,
  noEntries,
  replaced,
  type Totals,
  writeTotals,
} from './totals.ts';

export type Change =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array };

/**
 * Entries of keys and values, sorted by the bytes of the keys. What was written survives the death of the process. Any call may
 * throw `DamagedStore`, and a write an error of the file system such as `ENOSPC`; it has then changed nothing.
 */
export type Store = {
  get(key: Uint8Array): Buffer | undefined;
  cursor(range: Range): Cursor;
  /** Makes all changes or none; they are written when it returns. */
  write(changes: readonly Change[]): void;
  /** The same together with everything else of this turn of the event loop, which is cheaper. */
  writeSoon(changes: readonly Change[]): Promise<void>;
  /** Reads everything and throws `DamagedStore` unless it is what was written. */
  check(): void;
  /** The same for the entries, with other work in between; what is written meanwhile is not read. */
  checkInTurns(): Promise<void>;
  close(): void;
};

/** Milliseconds of a check before other work is done. */
const TURN = 10;

/** The entries of an open database. */
export class Entries implements Store {
  readonly #cursors = new Set<TrackedCursor>();
  #isClosed = false;
  #soon: Change[] = [];
  #written: { readonly promise: Promise<void>; settle(): void; reject(cause: unknown): void } | undefined;

  constructor(
    private readonly database: Database,
    private readonly number: number,
    private readonly last: LastCommit,
    private totals: Totals,
  ) {
    this.remember(false);
  }

  get(key: Uint8Array): Buffer | undefined {
    const row = this.database.run((sql) => sql('select c, v from entries where k = ?').get(key));
    return row && this.verified(key, row[0], row[1]);
  }

  cursor(range: Range): Cursor {
    const cursor = openCursor(range, this.read, (closed) => this.#cursors.delete(closed));
    this.#cursors.add(cursor);
    return cursor;
  }

  write(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    let totals: Totals = { ...this.totals, commits: this.totals.commits + 1 };
    this.database.transact((sql) => {
      for (const change of changes) totals = this.make(sql, change, totals);
      writeTotals(sql, totals);
    });
    this.totals = totals;
    this.remember(false);
  }

  writeSoon(changes: readonly Change[]): Promise<void> {
    this.#soon.push(...changes);
    if (!this.#written) {
      this.#written = withResolvers();
      setImmediate(() => this.writeNow());
    }
    return this.#written.promise;
  }

  check(): void {
    this.database.checkPages();
    compareTotals(this.database, this.totals);
    this.read({}, () => true);
  }

  async checkInTurns(): Promise<void> {
    const { totals } = this;
    const cursor = this.cursor({});
    let found = noEntries;
    try {
      let began = performance.now();
      for (let entry = cursor.next(); entry; entry = cursor.next()) {
        found = replaced(found, undefined, checksumOf(...entry));
        if (performance.now() - began < TURN) continue;
        await otherWork();
        began = performance.now();
      }
    } finally {
      cursor.close();
    }
    // The end of the store ends its cursors, too.
    if (!this.#isClosed) expectTotals(this.database.path, found, totals);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.writeNow();
    for (const cursor of this.#cursors) cursor.close();
    if (this.database.close()) this.remember(true);
    this.last.close();
  }

  private make(sql: Prepare, change: Change, totals: Totals): Totals {
    const { key } = change;
    const before = this.before(sql, key);
    if (change.type === 'put') {
      const checksum = checksumOf(key, change.value);
      sql('replace into entries (k, c, v) values (?, ?, ?)').run(key, checksum, change.value);
      return replaced(totals, before, checksum);
    }
    if (before !== undefined) sql('delete from entries where k = ?').run(key);
    return replaced(totals, before, undefined);
  }

  /** The checksum of an entry before it changes; open cursors keep the entry. */
  private before(sql: Prepare, key: Uint8Array): number | undefined {
    if (this.#cursors.size === 0) {
      const row = sql('select c from entries where k = ?').get(key);
      return row && Number(row[0]);
    }
    const value = this.get(key);
    for (const cursor of this.#cursors) cursor.keep(Buffer.from(key), value);
    return value && checksumOf(key, value);
  }

  private readonly read: ReadRange = ({ gte, lt, isReverse }, take) => {
    const conditions = [...(gte ? ['k >= ?'] : []), ...(lt ? ['k < ?'] : [])];
    const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
    const text = `select k, c, v from entries ${where} order by k${isReverse ? ' desc' : ''}`;
    const bounds = [gte, lt].filter((bound) => bound !== undefined);
    this.database.run((sql) =>
      sql(text).each(bounds, ([key, checksum, value]) =>
        take([key as Buffer, this.verified(key as Buffer, checksum, value)]),
      ),
    );
  };

  private verified(key: Uint8Array, checksum: Value | undefined, value: Value | undefined): Buffer {
    if (value instanceof Buffer && checksum === checksumOf(key, value)) return value;
    throw new DamagedStore(this.database.path, 'an entry has a wrong checksum');
  }

  private writeNow(): void {
    const [changes, written] = [this.#soon, this.#written];
    this.#soon = [];
    this.#written = undefined;
    try {
      this.write(changes);
      written?.settle();
    } catch (cause) {
      written?.reject(cause);
    }
  }

  /** What was committed is there even if this fails; only damage may then be noticed later. */
  private remember(isClosed: boolean): void {
    try {
      this.last.write(this.number, { number: this.totals.commits, isClosed });
    } catch {}
  }
}

const withResolvers = () => {
  let settle = (): void => {};
  let reject = (_: unknown): void => {};
  const promise = new Promise<void>((onSettled, onRejected) => {
    settle = onSettled;
    reject = onRejected;
  });
  return { promise, settle, reject };
};
