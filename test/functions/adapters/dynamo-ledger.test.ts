import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { dynamoItems } from '../../../functions/adapters/dynamo-items.ts';
import { dynamoLedger } from '../../../functions/adapters/dynamo-ledger.ts';
import type { Ledger } from '../../../functions/pipeline/ports.ts';
import type { StoredFile, StoredRebuild } from '../records.ts';
import type { Laptop } from './laptop.ts';
import { openTable, tableName } from './table.ts';

let laptop: Laptop;
let ledger: Ledger;
beforeAll(async () => {
  laptop = await openTable();
  ledger = dynamoLedger(tableName);
});
afterEach(() => laptop.rest());
afterAll(() => laptop.close());

const landed: StoredFile = {
  key: 'data/plays/a.csv',
  version: 'v1',
  dataset: 'plays',
  state: 'landed',
  rev: 1,
  number: 1,
  size: 12,
  landed_at: '2024-06-25T00:00:00.000Z',
  registered_at: '2024-06-25T00:00:01.000Z',
  failed_runs: 0,
  failed_alone: 0,
};

const register = async (changes: Partial<StoredFile>): Promise<StoredFile> => {
  const record = { ...landed, ...changes } as StoredFile;
  await ledger.files.register(record);
  return record;
};

describe('files', () => {
  test('remembers which file was the first with some bytes, until another takes its place', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((key) => register({ key, dataset: 'twins' })));
    const named = (file?: StoredFile) => ({ key: file?.key, version: file?.version });
    if (!a || !b || !c) throw new Error('nothing was registered');
    expect(await ledger.files.firstWith('hash', a)).toEqual(named(a));
    expect(await ledger.files.firstWith('hash', b)).toEqual(named(a));
    expect(await ledger.files.firstWith('hash', b, a)).toEqual(named(b));
    expect(await ledger.files.firstWith('hash', c, a)).toEqual(named(b));
    expect(await ledger.files.firstWith('other', c)).toEqual(named(c));
    expect(await ledger.files.firstWith('hash', { ...c, dataset: 'elsewhere' })).toEqual(named(c));
  });

  test('registers a file once and leaves what is known as it is', async () => {
    const file = await register({ key: 'data/plays/once.csv', dataset: 'once' });
    expect(await ledger.files.find(file)).toStrictEqual(file);
    const accepted = await ledger.files.move(file, 'accepted', { records: 3 });
    await ledger.files.register(file);
    expect(await ledger.files.find(file)).toStrictEqual(accepted);
    expect(accepted).toStrictEqual({ ...file, state: 'accepted', rev: 2, records: 3 });
    expect(await ledger.files.waiting('once')).toEqual([accepted]);
  });

  test('reads what an older version stored, and goes on with it', async () => {
    const { registered_at: enrolled_at, ...rest } = landed;
    const older = { ...rest, key: 'data/plays/older.csv', state: 'published', rev: 4, enrolled_at };
    const reprocessed = [{ asked_at: '', ended_at: '', outcome: 'kept', findings: 3 }];
    const stored = { ...older, reprocessed, failures_found: [], rows: 2 };
    await dynamoItems(tableName).put({ pk: `FILE#${older.key}`, sk: older.version, ...stored });
    const file = await ledger.files.find(older);
    expect(file).toStrictEqual({
      ...{ ...rest, key: older.key, state: 'published', rev: 4, rows: 2, registered_at: enrolled_at },
      reprocessed: [{ asked_at: '', ended_at: '', outcome: 'kept', violations: 3 }],
    });
    const move = { superseded_by: 'v2', superseded_at: '2024-06-26T00:00:00.000Z' };
    const superseded = file && (await ledger.files.move(file, 'superseded', move));
    expect(superseded).toMatchObject({ state: 'superseded', rev: 5, registered_at: enrolled_at });
    expect(await ledger.files.find(older)).toStrictEqual(superseded);
  });

  test('queues the longest key that S3 takes', async () => {
    const [key, version] = [`data/plays/${'a'.repeat(1013)}`, 'v'.repeat(32)];
    const file = await register({ key, version, dataset: 'long' });
    expect(await ledger.files.waiting('long')).toEqual([file]);
    await ledger.files.dequeue(file);
    expect(await ledger.files.waiting('long')).toEqual([]);
  });

  test('moves a file for the first of those who read the same record', async () => {
    const file = await register({ key: 'data/plays/raced.csv' });
    const moves = ['accepted', 'rejected', 'ignored'] as const;
    const won = (await Promise.all(moves.map((state) => ledger.files.move(file, state, {} as never)))).filter(
      Boolean,
    );
    expect(won).toHaveLength(1);
    expect(await ledger.files.find(file)).toStrictEqual(won[0]);
    expect(await ledger.files.amend(file, { reason: 'late' })).toBeUndefined();
  });

  test('wins a move whose answer was lost', async () => {
    const file = await register({ key: 'data/plays/lost.csv' });
    laptop.once('UpdateItem', () => 'lost');
    expect(await ledger.files.move(file, 'accepted', {})).toMatchObject({ state: 'accepted', rev: 2 });
  });

  test('takes an attribute away that is set to undefined', async () => {
    const file = await register({ key: 'data/plays/limit.csv', batch_limit: 4 });
    await ledger.files.amend(file, { batch_limit: undefined });
    expect(Object.keys((await ledger.files.find(file)) ?? {})).not.toContain('batch_limit');
  });

  test('rejects a move that the states do not know', async () => {
    const file = await register({ key: 'data/plays/odd.csv' });
    await expect(ledger.files.move(file, 'published', { rows: 1, published_at: '' })).rejects.toThrow(
      'a record cannot go from landed to published',
    );
    expect(await ledger.files.find(file)).toStrictEqual(file);
  });

  test('lists the versions of one key by their number', async () => {
    const key = 'data/plays/versions.csv';
    for (const [number, version] of ['zz', 'mm', 'aa'].entries())
      await register({ key, version, number: number + 1 });
    await register({ key: `${key}.old`, version: 'other' });
    expect((await ledger.files.versionsOf(key)).map(({ version }) => version)).toEqual(['zz', 'mm', 'aa']);
  });

  test('keeps what waits in order of landing until it is dequeued, however many', async () => {
    const files = Array.from({ length: 105 }, (_, number) => ({
      key: `data/many/f${number}.csv`,
      dataset: 'many',
      landed_at: `2024-06-25T00:00:${String(59 - (number % 60)).padStart(2, '0')}.000Z`,
    }));
    const registered = await Promise.all(files.map(register));
    const waiting = await ledger.files.waiting('many');
    const times = waiting.map(({ landed_at }) => landed_at);
    expect(times).toEqual([...times].sort());
    expect(new Set(waiting.map(({ key }) => key))).toEqual(new Set(files.map(({ key }) => key)));
    await Promise.all(registered.slice(1).map((file) => ledger.files.dequeue(file)));
    expect(await ledger.files.waiting('many')).toEqual([registered[0]]);
    expect(await ledger.files.find(registered[1] ?? landed)).toBeDefined();
  });

  test('tells odd keys apart', async () => {
    const keys = ['data/plays/a b.csv', 'data/plays/a+b.csv', 'data/plays/a%20b.csv', 'data/plays/ä@b.csv'];
    for (const key of keys) await register({ key, dataset: 'odd', reason: key });
    for (const key of keys)
      expect(await ledger.files.find({ key, version: 'v1' })).toMatchObject({ reason: key });
    expect((await ledger.files.waiting('odd')).map(({ key }) => key).sort()).toEqual([...keys].sort());
  });
});

describe('leases', () => {
  const now = '2024-06-25T00:00:00.000Z';

  test('gives a free lease to one of many, with the next fence', async () => {
    const free = await ledger.leases.find('raced');
    expect(free).toStrictEqual({ name: 'raced', fence: 0 });
    const takers = ['a', 'b', 'c', 'd'].map((holder) => ledger.leases.acquire(free, holder, now));
    const taken = (await Promise.all(takers)).filter(Boolean);
    expect(taken).toHaveLength(1);
    expect(await ledger.leases.find('raced')).toStrictEqual(taken[0]);
    expect(taken[0]).toMatchObject({ fence: 1, taken_at: now });
  });

  test('is free again once its holder released it, under the fence that was', async () => {
    const first = await ledger.leases.acquire(await ledger.leases.find('freed'), 'first', now);
    if (!first) throw new Error('the lease is not free');
    await ledger.leases.release(first);
    expect(await ledger.leases.find('freed')).toStrictEqual({ name: 'freed', fence: 1 });
    const second = await ledger.leases.acquire(await ledger.leases.find('freed'), 'second', now);
    expect(second).toMatchObject({ fence: 2, holder: 'second' });
    await ledger.leases.release(first);
    expect(await ledger.leases.find('freed')).toStrictEqual(second);
  });

  test('is held by the one whose answer was lost', async () => {
    laptop.once('UpdateItem', () => 'lost');
    expect(await ledger.leases.acquire({ name: 'lost', fence: 0 }, 'me', now)).toMatchObject({ fence: 1 });
  });
});

test('opens a batch once and brings it to its end', async () => {
  const open = { id: 'plays-1', dataset: 'plays', fence: 1, state: 'open', rev: 1, files: 2 } as const;
  const batch = { ...open, opened_at: '2024-06-25T00:00:00.000Z' };
  await ledger.batches.open(batch);
  await ledger.batches.open({ ...batch, files: 9 });
  expect(await ledger.batches.find('plays-1')).toStrictEqual(batch);
  const intent = await ledger.batches.amend(batch, { starting_at: '2024-06-25T00:00:01.000Z' });
  const moved = await ledger.batches.move(intent ?? batch, 'transforming', {
    transform_run: 'jr_1',
    starting_at: undefined,
  });
  expect(await ledger.batches.find('plays-1')).toStrictEqual({
    ...batch,
    state: 'transforming',
    rev: 3,
    transform_run: 'jr_1',
  });
  await expect(ledger.batches.move(moved ?? batch, 'published', { rows: 1, closed_at: '' })).rejects.toThrow(
    /transforming to published/,
  );
  expect(await ledger.batches.find('plays-2')).toBeUndefined();
});

test('keeps the batches that a mart has yet to show', async () => {
  for (const batch of ['b2', 'b1', 'b2']) await ledger.rebuilds.addPending('listening', batch);
  await ledger.rebuilds.addPending('shop', 'b3');
  expect(await ledger.rebuilds.pending('listening')).toEqual(['b1', 'b2']);
  await ledger.rebuilds.removePending('listening', 'b1');
  await ledger.rebuilds.removePending('listening', 'b1');
  expect(await ledger.rebuilds.pending('listening')).toEqual(['b2']);
});

test('opens a rebuild once and publishes it', async () => {
  const opened_at = '2024-06-25T00:00:00.000Z';
  const rebuild: StoredRebuild = {
    id: 'listening-1',
    mart: 'listening',
    seq: 1,
    state: 'open',
    rev: 1,
    sql_hash: 'h',
    opened_at,
  };
  await ledger.rebuilds.open(rebuild);
  await ledger.rebuilds.open({ ...rebuild, sql_hash: 'other' });
  expect(await ledger.rebuilds.find('listening-1')).toStrictEqual(rebuild);
  const begun = await ledger.rebuilds.move(rebuild, 'sent', { statement_id: 's1', publishing_at: opened_at });
  const sent = begun && (await ledger.rebuilds.amend(begun, { publishing_at: undefined }));
  expect(await ledger.rebuilds.find('listening-1')).toEqual(sent);
  expect(
    await ledger.rebuilds.move(rebuild, 'failed', { failure: 'sql', reason: '', closed_at: '' }),
  ).toBeUndefined();
});

describe('pulls', () => {
  const window = { source: 'users', from: '2024-01-01', to: '2024-01-31' };
  const asked = {
    ...window,
    state: 'asked',
    rev: 0,
    attempt: 0,
    tries: 0,
    asked_at: '2024-02-01T03:00:00.000Z',
  } as const;
  const started_at = '2024-02-01T03:00:01.000Z';

  test('are kept by source and window, and are asked for once', async () => {
    const later = { ...asked, from: '2024-02-01', to: '2024-02-29' };
    for (const one of [later, asked, { ...asked, attempt: 7 }]) await ledger.pulls.open(one);
    expect(await ledger.pulls.of('users')).toEqual([asked, later]);
    expect(await ledger.pulls.of('sessions')).toEqual([]);
    expect(await ledger.pulls.find(window)).toEqual(asked);
  });

  test('are moved by one of those who have read the same record', async () => {
    const read = await ledger.pulls.find(window);
    if (!read) throw new Error('no record');
    const moves = [1, 2].map((attempt) => ledger.pulls.move(read, 'pulling', { attempt, started_at }));
    const moved = (await Promise.all(moves)).filter((one) => one !== undefined);
    expect(moved).toHaveLength(1);
    expect(await ledger.pulls.find(window)).toEqual(moved[0]);
    await expect(ledger.pulls.move(read, 'landed', {} as never)).rejects.toThrow(
      'cannot go from asked to landed',
    );
  });
});
