import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Warehouse } from '../../../../local/engines/duckdb/database.ts';
import { CommitNotes, logOf, noteOf } from '../../../../local/engines/duckdb/last-commit.ts';
import { expectCommitted } from '../../../../local/engines/duckdb/sound-files.ts';
import { openWarehouse, warehouseIn } from '../../../../local/engines/warehouse.ts';

const run = async (warehouse: Warehouse, sql: string) => {
  const connection = await warehouse.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
  }
};

const files = [(path: string) => path, logOf, noteOf];

/** Copies what a killed process would leave. */
const copy = (from: string, to: string): void => {
  for (const fileOf of files) {
    const [source, target] = [fileOf(warehouseIn(from)), fileOf(warehouseIn(to))];
    rmSync(target, { force: true });
    if (existsSync(source)) copyFileSync(source, target);
  }
};

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  writeFileSync(path, bytes);
};

const folder = (): string => mkdtempSync(join(tmpdir(), 'damaged-warehouse-'));
const open = (state: string, complain: (line: string) => void = () => {}) =>
  openWarehouse({ state, memoryLimit: '500MB', threads: 1, complain });

let killed: string;
let older: string;
let state: string;
beforeAll(async () => {
  [killed, older] = [folder(), folder()];
  const origin = folder();
  const warehouse = await open(origin);
  await run(warehouse, "create table listens as select n, 'listen ' || n as said from range(100000) as r(n)");
  await run(warehouse, 'checkpoint');
  copy(origin, older);
  await run(warehouse, 'create table plays as select 1 as a');
  await run(warehouse, 'checkpoint');
  await run(warehouse, 'insert into plays values (2)');
  await run(warehouse, 'insert into plays values (3)');
  copy(origin, killed);
  warehouse.closeSync();
  rmSync(origin, { recursive: true });
});
afterAll(() => {
  for (const one of [killed, older]) rmSync(one, { recursive: true });
});
beforeEach(() => {
  state = folder();
  copy(killed, state);
});
afterEach(() => rmSync(state, { recursive: true }));

const plays = 'select list(a order by a) from plays';

test('opens with what was committed before the process was killed', async () => {
  for (const _ of ['after the kill', 'after an orderly end']) {
    const warehouse = await open(state);
    expect(await run(warehouse, plays)).toEqual([[['1', '2', '3'].map(Number)]]);
    warehouse.closeSync();
  }
});

describe('a log that lacks what was committed is an error that names it', () => {
  test.each([
    ['cut by a byte', (log: string) => truncateSync(log, readFileSync(log).length - 1)],
    ['cut in the middle', (log: string) => truncateSync(log, readFileSync(log).length / 2)],
    ['empty', (log: string) => truncateSync(log, 0)],
    ['missing', (log: string) => rmSync(log)],
    ['with a flipped bit at its end', (log: string) => flip(log, readFileSync(log).length - 1)],
    ['with a flipped bit at its beginning', (log: string) => flip(log, 30)],
  ])('%s', async (_, damage) => {
    const log = logOf(warehouseIn(state));
    damage(log);
    const before = existsSync(log) ? readFileSync(log) : undefined;
    await expect(open(state)).rejects.toThrow(`${log} is damaged: `);
    expect(existsSync(log) ? readFileSync(log) : undefined).toEqual(before);
  });
});

describe('a database file is an error that names it', () => {
  const database = () => warehouseIn(state);
  test.each([
    ['missing', () => rmSync(database()), 'it is missing'],
    ['empty', () => truncateSync(database(), 0), 'not a valid DuckDB database'],
    ['cut', () => truncateSync(database(), 20_000), ''],
    ['with a flipped bit in its header', () => flip(database(), 20), 'Corrupt database file'],
    [
      'with a flipped bit in the number of a checkpoint',
      () => flip(database(), 4_096 + 9),
      'Corrupt database file',
    ],
    [
      'with a flipped bit in the number of the other',
      () => flip(database(), 8_192 + 9),
      'Corrupt database file',
    ],
    ['older than its last commit', () => copyFileSync(warehouseIn(older), database()), 'it is older'],
  ])('%s', async (_, damage, said) => {
    damage();
    const error = await open(state).catch((cause: Error) => cause);
    expect(error).toMatchObject({
      name: 'DamagedState',
      message: expect.stringContaining(`${database()} is damaged: `),
    });
    expect(error).toMatchObject({ message: expect.stringContaining(said) });
    expect(error).toMatchObject({ message: expect.stringContaining('--fresh-warehouse') });
  });

  test('with a flipped bit in a block of rows, when the rows are read', async () => {
    flip(database(), readFileSync(database()).length / 2);
    const told: string[] = [];
    const warehouse = await open(state, (line) => void told.push(line));
    expect(await run(warehouse, plays)).toEqual([[[1, 2, 3]]]);
    await expect(run(warehouse, 'select sum(hash(said)) from listens')).rejects.toThrow(
      `${database()} is damaged: `,
    );
    expect(told).toEqual([expect.stringContaining(database())]);
    expect(await run(warehouse, plays)).toEqual([[[1, 2, 3]]]);
    warehouse.closeSync();
  });
});

test('a note that cannot be read is made again', async () => {
  flip(noteOf(warehouseIn(state)), 3);
  const first = await open(state);
  expect(await run(first, plays)).toEqual([[[1, 2, 3]]]);
  first.closeSync();
  rmSync(warehouseIn(state));
  await expect(open(state)).rejects.toThrow('it is missing');
});

describe('the note of the last commit', () => {
  /** A database file without blocks, whose log a test writes. */
  const newDatabase = (): { database: string; notes: CommitNotes } => {
    const database = join(state, 'noted');
    writeFileSync(database, Buffer.alloc(3 * 4_096));
    return { database, notes: new CommitNotes(database) };
  };

  test('forgets a commit that was noted while it was written, and failed', () => {
    const { database, notes } = newDatabase();
    writeFileSync(logOf(database), 'first commit; half of the sec');
    notes.write();
    writeFileSync(logOf(database), 'first commit; third commit, after the second has failed');
    expect(() => expectCommitted(database)).toThrow('does not have what was committed');
    notes.renew();
    expect(() => expectCommitted(database)).not.toThrow();
  });

  test('stays what it was if it cannot be written', () => {
    const { database, notes } = newDatabase();
    writeFileSync(logOf(database), 'commit;');
    notes.write();
    const note = readFileSync(noteOf(database), 'utf8');
    writeFileSync(logOf(database), 'commit; another');
    mkdirSync(`${noteOf(database)}.${process.pid}.new`);
    notes.write();
    expect(readFileSync(noteOf(database), 'utf8')).toBe(note);
    rmSync(`${noteOf(database)}.${process.pid}.new`, { recursive: true });
    notes.write();
    expect(readFileSync(noteOf(database), 'utf8')).not.toBe(note);
  });
});

test('a statement that failed renews the note', async () => {
  const warehouse = await open(state);
  const note = noteOf(warehouseIn(state));
  writeFileSync(note, 'not a note');
  await expect(run(warehouse, 'select nothing')).rejects.toThrow('nothing');
  expect(readFileSync(note, 'utf8')).toMatch(/^\{"checkpoint":/);
  warehouse.closeSync();
});
