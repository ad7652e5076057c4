import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { s3Files } from '../../../functions/adapters/s3-files.ts';
import type { FileVersion } from '../../../functions/pipeline/lake-keys.ts';
import type { Files } from '../../../functions/pipeline/ports.ts';
import { bucket, openLake } from './lake.ts';
import type { Seen } from './laptop.ts';

let lake: Awaited<ReturnType<typeof openLake>>;
let files: Files;
beforeAll(async () => {
  lake = await openLake();
  files = s3Files(bucket);
});
afterEach(() => lake.rest());
afterAll(() => lake.close());

const text = async (file: FileVersion): Promise<string | undefined> => {
  const content = await files.open(file);
  return content && String(await buffer(content));
};

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_003) yield bytes.subarray(at, at + 100_003);
}

const oddNames = [
  'a b',
  'a+b',
  'a%20b',
  'ä–🎵',
  "it's (1)!*",
  'a&b=c?d',
  'a;b,c:d@e$f',
  'a"b<c>d',
  '~.~',
  'a//b',
];

describe('reading', () => {
  test('opens the very version that is asked for', async () => {
    const key = 'data/plays/opened.csv';
    const [first, second] = [await lake.put(key, 'one'), await lake.put(key, 'two')];
    expect(await text({ key, version: first })).toBe('one');
    expect(await text({ key, version: second })).toBe('two');
    expect(await files.readText(key)).toBe('two');
  });

  test('reads a part of the very version that is asked for', async () => {
    const key = 'data/plays/part.csv';
    const first = await lake.put(key, '0123456789');
    await lake.put(key, 'abcdefghij');
    expect(String(Buffer.from(await files.readRange({ key, version: first }, 2, 5)))).toBe('234');
    await files.remove({ key, version: first });
    await expect(files.readRange({ key, version: first }, 2, 5)).rejects.toThrow();
  });

  test('finds nothing where nothing is', async () => {
    const key = 'data/plays/gone.csv';
    const version = await lake.put(key, 'one');
    await files.remove({ key, version });
    await files.remove({ key, version });
    expect(await files.open({ key, version })).toBeUndefined();
    expect(await files.readText(key)).toBeUndefined();
    expect(await files.exists(key)).toBe(false);
    expect(await files.versionsOf(key)).toEqual([]);
    expect(await files.readText('k'.repeat(1025))).toBeUndefined();
  });

  test.each([0, 10, 5 * 2 ** 20, 17 * 2 ** 20])('writes a stream of %d bytes', async (size) => {
    const bytes = Buffer.alloc(size, 'abcdefg');
    const key = `streamed/${size}`;
    await files.writeStream(key, inPieces(bytes));
    const [version] = await files.versionsOf(key);
    const content = version && (await files.open(version));
    expect(content && (await buffer(content)).equals(bytes)).toBe(true);
  });

  test('writes nothing of a stream that throws', async () => {
    const broken = async function* () {
      yield* inPieces(Buffer.alloc(17 * 2 ** 20));
      throw new Error('torn');
    };
    await expect(files.writeStream('streamed/torn', broken())).rejects.toThrow('torn');
    expect(await files.exists('streamed/torn')).toBe(false);
  });

  const isCompletion = ({ method, url }: Seen) => method === 'POST' && url.includes('uploadId=');

  test('writes a stream whose completion was answered to nobody', async () => {
    let completions = 0;
    lake.meddle((seen) => (isCompletion(seen) && completions++ === 0 ? 'lost' : undefined));
    const bytes = Buffer.alloc(6 * 2 ** 20, 'abcdefg');
    await files.writeStream('streamed/lost', inPieces(bytes));
    expect(completions).toBe(2);
    const versions = await files.versionsOf('streamed/lost');
    expect(versions.map(({ size }) => size)).toEqual([bytes.length]);
  });

  test('does not take another object for an upload that is gone', async () => {
    await files.write('streamed/gone', 'older');
    lake.meddle((seen) =>
      isCompletion(seen)
        ? { status: 404, body: '<Error><Code>NoSuchUpload</Code><Message>gone</Message></Error>' }
        : undefined,
    );
    const stream = inPieces(Buffer.alloc(6 * 2 ** 20));
    await expect(files.writeStream('streamed/gone', stream)).rejects.toThrow('gone');
  });

  test.each(oddNames)('writes, opens, lists and removes the odd key %j', async (name) => {
    const key = `odd/${name}.csv`;
    await files.write(key, name);
    expect(await files.readText(key)).toBe(name);
    expect(await files.exists(key)).toBe(true);
    expect(await files.list(key)).toEqual([key]);
    const [found] = await files.versionsOf(key);
    if (!found) throw new Error('the version is not listed');
    expect(found).toMatchObject({ key, size: Buffer.byteLength(name) });
    expect(await text(found)).toBe(name);
    await files.remove(found);
    expect(await files.exists(key)).toBe(false);
  });

  test('throws what is no absence', async () => {
    const nowhere = s3Files('no-such-bucket');
    await expect(nowhere.readText('a')).rejects.toThrow(/bucket does not exist/);
    await expect(nowhere.writeOnce('a', 'b')).rejects.toThrow(/bucket does not exist/);
  });
});

describe('writing once', () => {
  test('writes where nothing is', async () => {
    expect(await files.writeOnce('runs/b1/spec.json', 'first')).toBe(true);
    expect(await files.writeOnce('runs/b1/spec.json', 'second')).toBe(false);
    expect(await files.readText('runs/b1/spec.json')).toBe('first');
  });

  test('lets one of many at once win', async () => {
    const tries = Array.from({ length: 8 }, (_, by) => files.writeOnce('runs/b2/spec.json', `${by}`));
    const won = (await Promise.all(tries)).flatMap((isWon, by) => (isWon ? [`${by}`] : []));
    expect(won).toEqual([await files.readText('runs/b2/spec.json')]);
  });

  test('tries again after a conflict, which says nothing about the key', async () => {
    let conflicts = 0;
    lake.meddle(({ method }) =>
      method === 'PUT' && conflicts++ === 0
        ? {
            status: 409,
            body: '<Error><Code>ConditionalRequestConflict</Code><Message>wait</Message></Error>',
          }
        : undefined,
    );
    expect(await files.writeOnce('runs/b3/spec.json', 'first')).toBe(true);
    expect(await files.readText('runs/b3/spec.json')).toBe('first');
  });

  test('leaves the bytes there when the answer is lost', async () => {
    let puts = 0;
    lake.meddle(({ method }) => (method === 'PUT' && puts++ === 0 ? 'lost' : undefined));
    await files.writeOnce('runs/b4/spec.json', 'first');
    expect(puts).toBe(2);
    expect(await files.readText('runs/b4/spec.json')).toBe('first');
    expect(await files.versionsOf('runs/b4/spec.json')).toHaveLength(1);
  });
});

describe('listing', () => {
  test('lists the versions of one key oldest first, those of longer keys left out', async () => {
    const key = 'data/plays/v.csv';
    const versions = [await lake.put(key, '1'), await lake.put(key, '22'), await lake.put(key, '333')];
    await lake.put(`${key}.bak`, 'x');
    const listed = await files.versionsOf(key);
    expect(listed.map(({ version, size }) => [version, size])).toEqual(
      versions.map((version, at) => [version, at + 1]),
    );
    for (const { landed_at } of listed) expect(landed_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/);
  });

  test('pages through more than a thousand keys in and beside folders', async () => {
    await lake.s3.createBucket('full', { versioning: true, events: false });
    const named = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, number) => `${prefix}${String(number).padStart(4, '0')}.csv`);
    const [beside, inside] = [named('data/a', 999), named('data/plays/f', 1_001)];
    const resting = ['data/archive/plays/old.csv', 'data/quarantine/plays/bad.csv'];
    const keys = [...beside, ...inside, 'data/z.csv'];
    for (const key of [...keys, ...resting]) await lake.s3.put('full', key, Buffer.alloc(0));
    const full = s3Files('full');
    expect(await full.list('data/plays/')).toEqual(inside);
    const pages: string[][] = [];
    for await (const page of full.landed()) pages.push(page.map(({ key }) => key));
    expect(pages.flat().sort()).toEqual(keys);
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(1_000);
    for (const { url } of lake.seen) expect(url).not.toMatch(/version-id-marker=(&|$)/);
  });

  test('pages through more than a thousand versions of one key', async () => {
    const key = 'often/a.csv';
    const versions: string[] = [];
    for (let number = 0; number < 1_003; number++) versions.push(await lake.put(key, ''));
    expect((await files.versionsOf(key)).map(({ version }) => version)).toEqual(versions);
  });

  test('leaves out delete markers', async () => {
    const key = 'data/plays/marked.csv';
    const version = await lake.put(key, 'x');
    const client = new S3Client({});
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    client.destroy();
    expect(await files.exists(key)).toBe(false);
    expect((await files.versionsOf(key)).map((one) => one.version)).toEqual([version]);
    expect(await text({ key, version })).toBe('x');
  });
});

describe('copying', () => {
  const sha256 = (body: string): string => createHash('sha256').update(body).digest('hex');

  test.each(oddNames)('copies one version from and to the odd key %j', async (name) => {
    const key = `data/copied/${name}.csv`;
    const version = await lake.put(key, 'old bytes');
    await lake.put(key, 'new bytes');
    const to = `data/archive/copied/${name}.csv@${version}`;
    expect(await files.copy({ key, version }, to, sha256('old bytes'))).toBe('copied');
    expect(await files.readText(to)).toBe('old bytes');
  });

  test('rejects a copy whose bytes are not those that were validated', async () => {
    const key = 'data/copied/changed.csv';
    const version = await lake.put(key, 'bytes');
    await expect(files.copy({ key, version }, 'data/archive/changed', sha256('others'))).rejects.toThrow(
      `the copy data/archive/changed differs from ${key}, version ${version}`,
    );
  });

  test('says that the source is gone', async () => {
    const key = 'data/copied/gone.csv';
    const version = await lake.put(key, 'bytes');
    await files.remove({ key, version });
    expect(await files.copy({ key, version }, 'data/archive/gone')).toBe('gone');
    expect(await files.exists('data/archive/gone')).toBe(false);
  });

  test('says so too when the source goes between the look and the copy', async () => {
    const key = 'data/copied/raced.csv';
    const version = await lake.put(key, 'bytes');
    const other = s3Files(bucket);
    lake.meddle(async ({ headers }) => {
      if (!headers['x-amz-copy-source']) return undefined;
      lake.meddle(() => undefined);
      await other.remove({ key, version });
      return undefined;
    });
    expect(await files.copy({ key, version }, 'data/archive/raced')).toBe('gone');
  });
});
