import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
