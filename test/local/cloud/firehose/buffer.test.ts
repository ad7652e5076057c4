import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { anyDisk } from '../../../../local/cloud/disk.ts';
import { StreamBuffer } from '../../../../local/cloud/firehose/buffer.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'buffer-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('tries a file that cannot be put less and less often, and says so each time', async () => {
  const told: string[] = [];
  const buffer = await StreamBuffer.open({
    ...{ directory, mostBytes: 1_000, mostMilliseconds: 1, newName: () => 'file' },
    ...{ disk: anyDisk, pauses: { first: 20, longest: 10_000 } },
    put: () => Promise.reject(new Error('no access')),
    complain: (line) => told.push(line),
  });
  await buffer.add([Buffer.from('listen')]);
  await pause(400);
  await buffer.close();
  expect(told.length).toBeGreaterThan(1);
  expect(told.length).toBeLessThan(7);
  expect(new Set(told)).toEqual(new Set(['cannot put its file, and tries it again: Error: no access']));
});

describe('files of a stream', () => {
  let told: string[];
  let puts: [name: string, text: string][];
  beforeEach(() => {
    [told, puts] = [[], []];
  });
  const open = (mostMilliseconds = 60_000) => {
    let files = 0;
    return StreamBuffer.open({
      ...{ directory, mostBytes: 1_000, mostMilliseconds, disk: anyDisk, pauses: { first: 5, longest: 5 } },
      newName: () => `file${files++}`,
      put: async (name, bytes) => void puts.push([name, bytes.toString()]),
      complain: (line) => told.push(line),
    });
  };
  const flip = async (name: string, at: number): Promise<void> => {
    const bytes = await readFile(join(directory, name));
    bytes[at] = (bytes[at] ?? 0) ^ 4;
    await writeFile(join(directory, name), bytes);
  };
  /** What a process leaves that ends before its records are put. */
  const leave = async (...records: string[]): Promise<void> => {
    const buffer = await open();
    for (const record of records) await buffer.add([Buffer.from(record)]);
    await buffer.close();
  };

  test.each([
    ['a head', 3],
    ['a checksum', 9],
    ['a record', 14],
    ['a later record', 30],
  ])('with a flipped bit in %s are told and left, and others are put', async (_, at) => {
    await leave('first', 'second');
    await flip('batches', at);
    const buffer = await open(1);
    await buffer.add([Buffer.from('third')]);
    await vi.waitFor(() => expect(puts).toEqual([[expect.any(String), 'third']]));
    await buffer.close();
    const [left = ''] = await readdir(directory);
    expect(await readdir(directory)).toHaveLength(1);
    expect(told).toEqual([
      expect.stringMatching(
        /^cannot put a file: .*file\d~\d+ is damaged: it has other bytes than were written, from byte \d+; put back/,
      ),
    ]);
    expect(await readFile(join(directory, left))).toHaveLength(12 + 5 + 12 + 6);
  });

  test('of older versions are put', async () => {
    const batch = Buffer.from('listen');
    const old = Buffer.concat([Buffer.from([0, 0, 0, batch.length]), batch]);
    await writeFile(join(directory, 'records'), old);
    await writeFile(join(directory, 'key.sealed'), old);
    await writeFile(join(directory, 'bare'), batch);
    const buffer = await open();
    await vi.waitFor(() => expect(puts).toHaveLength(3));
    await buffer.close();
    expect(puts.sort()).toEqual([
      ['bare', 'listen'],
      ['file1', 'listen'],
      ['key', 'listen'],
    ]);
    expect([told, await readdir(directory)]).toEqual([[], []]);
  });
});
