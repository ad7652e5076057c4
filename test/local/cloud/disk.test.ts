import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Disk, openDisk } from '../../../local/cloud/disk.ts';

const noSpace = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

let lines: string[];
let hasRoom: boolean;
let disk: Disk;
beforeEach(() => {
  [lines, hasRoom] = [[], false];
  const probe = () => {
    if (!hasRoom) throw noSpace;
  };
  disk = openDisk({ state: '/state', log: (line) => lines.push(line), every: 5, probe });
});
afterEach(() => disk.close());

const isSettled = async (work: Promise<unknown>): Promise<boolean> =>
  Promise.race([work.then(() => true), pause(30).then(() => false)]);

describe('a disk', () => {
  test('tells once that it is full however many say so, and once that it has room', async () => {
    for (let times = 0; times < 1_000; times++) disk.notice(noSpace);
    expect(lines).toEqual([
      'the disk of the state folder /state is full, so free some space (ENOSPC: no space left on device, write); requests that write get an error until there is room, and then everything continues by itself',
    ]);
    expect([disk.failures, typeof disk.fullSince]).toEqual([1_000, 'number']);
    hasRoom = true;
    await disk.writable();
    expect(lines[1]).toBe('/state can be written again, after 0 s');
    expect([lines.length, disk.fullSince]).toEqual([2, undefined]);
  });

  test('tells no more often if there is room for a little only', async () => {
    hasRoom = true;
    for (let times = 0; times < 5; times++) {
      disk.notice(noSpace);
      await disk.writable();
    }
    expect(lines).toEqual([expect.stringMatching(/is full/), expect.stringMatching(/can be written again/)]);
  });

  test('lets wait who asks, as long as it is full', async () => {
    expect(await isSettled(disk.writable())).toBe(true);
    disk.notice(noSpace);
    const waiting = disk.writable();
    expect(await isSettled(waiting)).toBe(false);
    hasRoom = true;
    await waiting;
  });

  test('does work again until it can be written, and once if it fails otherwise', async () => {
    let tries = 0;
    const work = disk.untilWritten(async () => {
      tries += 1;
      if (!hasRoom) throw new Error('the run failed', { cause: noSpace });
      return 'written';
    });
    expect(await isSettled(work)).toBe(false);
    expect(tries).toBe(1);
    hasRoom = true;
    expect([await work, tries]).toEqual(['written', 2]);
    const other = () => {
      tries += 1;
      throw new Error('no access');
    };
    await expect(disk.untilWritten(other)).rejects.toThrow('no access');
    expect([tries, disk.failures]).toEqual([3, 1]);
  });

  test('lets nobody wait who is stopped, or when the cloud stops', async () => {
    const fail = () => Promise.reject(noSpace);
    const stop = new AbortController();
    const stopped = expect(disk.untilWritten(fail, { signal: stop.signal })).rejects.toBe(noSpace);
    const left = expect(disk.untilWritten(fail)).rejects.toBe(noSpace);
    stop.abort(new Error('stopped'));
    await stopped;
    disk.close();
    await left;
    expect(disk.isClosed).toBe(true);
  });
});
