import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalS3, type ObjectEvent, openS3 } from '../../../../local/cloud/s3/s3.ts';
import { bucket, startS3 } from './laptop-s3.ts';

let directory: string;
let opened: LocalS3[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 's3-'));
  opened = [];
});
afterEach(async () => {
  for (const s3 of opened) await s3.close();
  await rm(directory, { recursive: true, force: true });
});

const open = async (onObject: (event: ObjectEvent) => Promise<void> | void = () => {}): Promise<LocalS3> => {
  const s3 = await openS3({ directory: join(directory, 's3'), onObject });
  opened.push(s3);
  await s3.createBucket('lake', { versioning: true, events: true });
  return s3;
};
const reopen = async (s3: LocalS3, onObject?: (event: ObjectEvent) => void): Promise<LocalS3> => {
  await s3.close();
  opened.pop();
  return open(onObject);
};

describe('in the same process', () => {
  it('finds the file of every version', async () => {
    const s3 = await open();
    await writeFile(join(directory, 'source'), 'first');
    const first = await s3.put('lake', 'key', { path: join(directory, 'source') });
    const second = await s3.put('lake', 'key', Buffer.from('second'));
    const newest = await s3.locate('lake', 'key');
    expect(newest).toMatchObject({ versionId: second?.versionId, size: 6, etag: second?.etag });
    const oldest = await s3.locate('lake', 'key', first?.versionId);
    expect(await readFile(oldest?.path ?? '', 'utf8')).toBe('first');
    expect(await readFile(newest?.path ?? '', 'utf8')).toBe('second');
    expect(await s3.locate('lake', 'absent')).toBeUndefined();
    expect(await s3.locate('lake', 'key', 'nonsense')).toBeUndefined();
    await expect(s3.locate('nowhere', 'key')).rejects.toThrow('bucket does not exist');
  });

  it('puts once where it is asked to', async () => {
    const s3 = await open();
    expect(await s3.put('lake', 'key', Buffer.from('1'), { ifNoneMatch: true })).toBeDefined();
    expect(await s3.put('lake', 'key', Buffer.from('2'), { ifNoneMatch: true })).toBeUndefined();
    expect(await readdir(join(directory, 's3', 'objects'))).toHaveLength(1);
  });

  it('gives versions ids as S3 does', async () => {
    const s3 = await open();
    await s3.createBucket('plain', { versioning: false, events: false });
    expect((await s3.put('lake', 'key', Buffer.from('')))?.versionId).toMatch(/^[\w-]{32}$/);
    expect((await s3.put('plain', 'key', Buffer.from('')))?.versionId).toBe('null');
  });

  it('answers an error of its own as an internal one, and tells it', async () => {
    let now = (): Date => new Date();
    const laptop = await startS3({ clock: () => now() });
    now = () => {
      throw new Error('there is no time');
    };
    const put = new PutObjectCommand({ Bucket: bucket, Key: 'key', Body: 'x' });
    await expect(laptop.connect({ maxAttempts: 1 }).send(put)).rejects.toMatchObject({
      name: 'InternalError',
    });
    await laptop.close();
    expect(laptop.damage.join()).toMatch(/A request failed: Error: there is no time\n +at /);
  });

  it('keeps one file for a key without versions', async () => {
    const s3 = await open();
    await s3.createBucket('plain', { versioning: false, events: false });
    for (const text of ['1', '2', '3']) await s3.put('plain', 'key', Buffer.from(text));
    expect(await readdir(join(directory, 's3', 'objects'))).toHaveLength(1);
  });
});

describe('events', () => {
  it('tells of each new version, in a sequence that grows', async () => {
    const events: ObjectEvent[] = [];
    const s3 = await open((event) => void events.push(event));
    const first = await s3.put('lake', 'key', Buffer.from('1'));
    const second = await s3.put('lake', 'key', Buffer.from('22'));
    await expect.poll(() => events.length).toBe(2);
    const told = events.sort((a, b) => (a.sequencer < b.sequencer ? -1 : 1));
    expect(told).toMatchObject([
      {
        bucket: 'lake',
        key: 'key',
        size: 1,
        versionId: first?.versionId,
        etag: first?.etag,
        reason: 'PutObject',
      },
      {
        bucket: 'lake',
        key: 'key',
        size: 2,
        versionId: second?.versionId,
        etag: second?.etag,
        reason: 'PutObject',
      },
    ]);
    const s3Again = await reopen(s3, (event) => void events.push(event));
    await s3Again.put('lake', 'key', Buffer.from('333'));
    await expect.poll(() => events.length).toBe(3);
    expect((events[2]?.sequencer ?? '') > (events[1]?.sequencer ?? '')).toBe(true);
  });

  it('tells again until it is heard', async () => {
    let calls = 0;
    const s3 = await open(() => {
      calls += 1;
      if (calls < 3) throw new Error('not now');
    });
    await s3.put('lake', 'key', Buffer.from('1'));
    await expect.poll(() => calls, { timeout: 5_000 }).toBe(3);
  });

  it('tells after a restart what nobody took before', async () => {
    const s3 = await open(() => Promise.reject(new Error('not now')));
    await s3.put('lake', 'key', Buffer.from('1'));
    const events: ObjectEvent[] = [];
    const again = await reopen(s3, (event) => void events.push(event));
    await expect.poll(() => events.map(({ key }) => key)).toEqual(['key']);
    await reopen(again, (event) => void events.push(event));
    await new Promise((done) => setTimeout(done, 100));
    expect(events).toHaveLength(1);
  });
});

it('does not wait for ever for a listener that hangs', async () => {
  const s3 = await open(() => new Promise(() => {}));
  await s3.put('lake', 'key', Buffer.from('1'));
  const events: ObjectEvent[] = [];
  await reopen(s3, (event) => void events.push(event));
  await expect.poll(() => events.length).toBe(1);
});

describe('a killed process', () => {
  const start = (): ChildProcess =>
    spawn(
      process.execPath,
      ['--import', 'tsx', new URL('./endless-writer.ts', import.meta.url).pathname, join(directory, 's3')],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );

  const runAndKill = async (lines: number): Promise<{ key: string; versionId: string }[]> => {
    const child = start();
    const exited = new Promise((done) => child.once('exit', done));
    const acknowledged: { key: string; versionId: string }[] = [];
    if (!child.stdout) throw new Error('no output');
    for await (const line of createInterface(child.stdout)) {
      acknowledged.push(JSON.parse(line));
      if (acknowledged.length === lines) child.kill('SIGKILL');
    }
    await exited;
    return acknowledged;
  };

  it('loses nothing it acknowledged, leaves nothing half done, and has its events told', async () => {
    const acknowledged: { key: string; versionId: string }[] = [];
    for (const lines of [1, 7, 40]) acknowledged.push(...(await runAndKill(lines)));
    const told = new Set<string>();
    const s3 = await open((event) => void told.add(event.versionId));
    for (const { key, versionId } of acknowledged) {
      const found = await s3.locate('lake', key, versionId);
      expect(await readFile(found?.path ?? '', 'utf8')).toBe(`bytes of ${key}`);
    }
    await expect.poll(() => acknowledged.filter(({ versionId }) => !told.has(versionId))).toEqual([]);
    const files = await readdir(join(directory, 's3', 'objects'));
    expect(files).toHaveLength((await s3.list('lake', '')).length);
  });
});
