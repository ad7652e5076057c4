import { appendFile, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pieceSize } from '../../../../local/cloud/s3/piece-sums.ts';
import { bucket, type LaptopS3, startS3 } from './laptop-s3.ts';

let laptop: LaptopS3;
let key: string;
let number = 0;
beforeAll(async () => {
  laptop = await startS3();
});
afterAll(() => laptop.close());
beforeEach(() => {
  number += 1;
  key = `data/streams/streams${number}.csv`;
});
afterEach(() => laptop.damage.splice(0));

const whole = (bytes: number): Buffer => Buffer.alloc(bytes, 'listens of users\n');
const threePieces = whole(2 * pieceSize + 1_000);

/** Puts an object and tells the path of its bytes. */
const put = async (body: Buffer): Promise<string> => {
  await laptop.s3.put(bucket, key, body);
  return (await laptop.s3.locate(bucket, key))?.path ?? '';
};

const flip = async (path: string, at: number): Promise<void> => {
  const file = await open(path, 'r+');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 8]), 0, 1, at);
  await file.close();
};

/** What a client without checksums of its own sees. */
const get = async (range?: string) => {
  const answer = await fetch(`${laptop.endpoint}/${bucket}/${key}`, range ? { headers: { range } } : {});
  const bytes = await answer.arrayBuffer().then(Buffer.from, () => 'broken off' as const);
  return { status: answer.status, bytes };
};

const failure = async (range?: string): Promise<string> => {
  const { status, bytes } = await get(range);
  return `${status} ${bytes}`;
};

describe('an object whose file is damaged', () => {
  it.each([
    ['has a flipped bit in its first piece', (path: string) => flip(path, 17), 'has other bytes than were'],
    [
      'is cut',
      (path: string) => truncate(path, pieceSize),
      `has ${pieceSize} bytes, not ${threePieces.length}`,
    ],
    ['is empty', (path: string) => truncate(path, 0), `has 0 bytes, not ${threePieces.length}`],
    ['is longer', (path: string) => appendFile(path, 'x'), `has ${threePieces.length + 1} bytes, not`],
    ['is missing', (path: string) => rm(path), 'is missing'],
  ])('is an error that names it if it %s', async (_, damage, what) => {
    const path = await put(threePieces);
    await damage(path);
    const answer = await failure();
    expect(answer).toMatch(/^500 .*<Code>InternalError<\/Code>/s);
    expect(answer).toContain(`The bytes of ${key} (version `);
    expect(answer).toContain(`${path} ${what}`);
    expect(laptop.damage).toEqual([expect.stringContaining(path)]);
    await expect(laptop.s3.locate(bucket, key)).rejects.toThrow(path);
    const copy = new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource: `${bucket}/${key}` });
    // A second name for the same bytes needs no reading, if their number is right.
    if (what.startsWith('has other')) await laptop.client.send(copy);
    else await expect(laptop.client.send(copy)).rejects.toThrow(path);
  });

  it('breaks off before the first byte of a later piece that is damaged', async () => {
    const path = await put(threePieces);
    await flip(path, 2 * pieceSize + 500);
    expect(await get()).toEqual({ status: 200, bytes: 'broken off' });
    expect(laptop.damage).toEqual([expect.stringContaining(`from byte ${2 * pieceSize}`)]);
  });

  it('gives ranges of sound pieces only', async () => {
    const path = await put(threePieces);
    await flip(path, 2 * pieceSize + 500);
    const sound = await get(`bytes=${pieceSize - 5}-${2 * pieceSize - 1}`);
    expect(threePieces.subarray(pieceSize - 5, 2 * pieceSize).equals(Buffer.from(sound.bytes))).toBe(true);
    // The flipped bit is not among these bytes, but nobody can know which bit it is.
    expect(await failure(`bytes=${2 * pieceSize}-${2 * pieceSize + 9}`)).toContain(path);
    expect(await get(`bytes=${2 * pieceSize - 1}-`)).toEqual({ status: 206, bytes: 'broken off' });
  });

  it('says its size and its entity tag all the same: they are not in the file', async () => {
    await rm(await put(threePieces));
    const head = await laptop.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    expect(head.ContentLength).toBe(threePieces.length);
  });

  it('does not become part of another object', async () => {
    const path = await put(threePieces);
    await flip(path, 2 * pieceSize);
    const from = { Bucket: bucket, CopySource: `${bucket}/${key}` };
    const rewritten = new CopyObjectCommand({ ...from, Key: 'rewritten', ChecksumAlgorithm: 'SHA256' });
    await expect(laptop.client.send(rewritten)).rejects.toThrow(path);
    const at = { Bucket: bucket, Key: 'of parts' };
    const { UploadId } = await laptop.client.send(new CreateMultipartUploadCommand(at));
    const part = new UploadPartCopyCommand({ ...at, ...from, UploadId, PartNumber: 1 });
    await expect(laptop.client.send(part)).rejects.toThrow(path);
  });
});

describe('an object of parts', () => {
  const upload = async (bodies: readonly Buffer[], between: () => Promise<void> = async () => {}) => {
    const at = { Bucket: bucket, Key: key };
    const { UploadId } = await laptop.client.send(new CreateMultipartUploadCommand(at));
    const parts = [];
    for (const [index, Body] of bodies.entries()) {
      const numbered = { ...at, UploadId, PartNumber: index + 1 };
      const { ETag } = await laptop.client.send(new UploadPartCommand({ ...numbered, Body }));
      parts.push({ PartNumber: index + 1, ETag });
    }
    await between();
    const done = { ...at, UploadId, MultipartUpload: { Parts: parts } };
    await laptop.client.send(new CompleteMultipartUploadCommand(done));
  };
  const five = 5 * 2 ** 20;

  it.each([
    ['one part', [whole(1_000)]],
    ['two parts', [whole(five), whole(1_000)]],
  ])('is checked as a whole: %s', async (_, bodies) => {
    await upload(bodies);
    const { path = '', size } = (await laptop.s3.locate(bucket, key)) ?? {};
    expect(Buffer.concat(bodies).equals(Buffer.from((await get()).bytes))).toBe(true);
    await flip(path, (size ?? 0) - 1);
    expect(await failure(`bytes=${(size ?? 0) - 1}-`)).toContain(path);
  });

  it('is not made of a part that is damaged', async () => {
    const objects = join(laptop.directory, 'objects');
    const damageFirst = async (): Promise<void> => {
      for (const name of await readdir(objects))
        if ((await stat(join(objects, name))).size === five) await flip(join(objects, name), 99);
    };
    await expect(upload([whole(five), whole(10)], damageFirst)).rejects.toThrow(
      `part 1 of an upload of ${key}`,
    );
  });
});

describe('an object of an older version of this program, which wrote no checksums', () => {
  it('is checked by its size', async () => {
    const path = await put(threePieces);
    const { readBlob } = await import('../../../../local/cloud/s3/blob-reader.ts');
    const pieces: Uint8Array[] = [];
    for await (const piece of readBlob(path, key, { blob: '', size: threePieces.length })) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(threePieces)).toBe(true);
    await truncate(path, 1);
    await expect(readBlob(path, key, { blob: '', size: threePieces.length }).next()).rejects.toThrow(
      'has 1 bytes',
    );
  });
});
