import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  type ChecksumAlgorithm,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucket, type LaptopS3, rejection, startS3 } from './laptop-s3.ts';

let laptop: LaptopS3;
beforeAll(async () => {
  laptop = await startS3();
});
afterAll(() => laptop.close());

const put = (Key: string, Body: string | Buffer | Readable, more = {}) =>
  laptop.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more }));
const get = async (Key: string, more = {}) =>
  (
    await laptop.client.send(new GetObjectCommand({ Bucket: bucket, Key, ...more }))
  ).Body?.transformToByteArray();

const oddKeys = [
  'a b',
  'a+b',
  'a%2Fb',
  'a%b',
  '../up',
  'a/../b',
  './here',
  'a//b',
  '/leading',
  'trailing/',
  'ü',
  '日本/語',
  '😀',
  '\u{fffd}',
  'a&<>"\'b',
  'control\u0001\u001f\u007f',
  'tab\tline\nreturn\r',
  'nul\0',
  'nul\0\0more',
  'nul',
  '.',
  '..',
  'a?b#c',
  "~*()!'",
  ' spaces ',
  'back\\slash',
  'k'.repeat(1024),
];

describe('putting an object', () => {
  it.each(oddKeys)('keeps the key %j', async (key) => {
    await put(key, `bytes of ${key}`);
    expect(Buffer.from((await get(key)) ?? []).toString()).toBe(`bytes of ${key}`);
    expect((await laptop.s3.list(bucket, key)).map((found) => found.key)).toContain(key);
  });

  it('rejects a key of 1,025 bytes', async () => {
    expect(await rejection(put(`${'k'.repeat(1023)}ü`, ''))).toEqual({
      code: 'KeyTooLongError',
      status: 400,
    });
  });

  it('puts only where nothing lies, or what is expected', async () => {
    const { ETag } = await put('once', '1', { IfNoneMatch: '*' });
    expect(await rejection(put('once', '2', { IfNoneMatch: '*' }))).toEqual({
      code: 'PreconditionFailed',
      status: 412,
    });
    expect(await rejection(put('once', '2', { IfMatch: '"other"' }))).toEqual({
      code: 'PreconditionFailed',
      status: 412,
    });
    expect(await rejection(put('never', '2', { IfMatch: ETag }))).toEqual({ code: 'NoSuchKey', status: 404 });
    await put('once', '2', { IfMatch: ETag });
    await laptop.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'once' }));
    await put('once', '3', { IfNoneMatch: '*' });
  });

  it('lets one of many conditional puts win', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => put('raced', String(index), { IfNoneMatch: '*' })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] satisfies ChecksumAlgorithm[])(
    'takes a stream with a %s trailer',
    async (ChecksumAlgorithm) => {
      const bytes = randomBytes(300_000);
      const Body = Readable.from([bytes.subarray(0, 7), bytes.subarray(7, 200_000), bytes.subarray(200_000)]);
      await put('streamed', Body, { ContentLength: bytes.length, ChecksumAlgorithm });
      const answer = await laptop.client.send(
        new GetObjectCommand({ Bucket: bucket, Key: 'streamed', ChecksumMode: 'ENABLED' }),
      );
      expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
      expect(answer[`Checksum${ChecksumAlgorithm}`]).toMatch(/=$|^.{6,}$/);
      expect(answer.ContentEncoding).toBeUndefined();
    },
  );

  it('rejects bytes that are not what their digest says, and keeps none of them', async () => {
    const wrong = Buffer.from('something else').toString('base64');
    const md5 = 'XUFAKrxLKna5cZ2REBfFkg==';
    await put('digested', 'hello', { ContentMD5: md5 });
    expect(await rejection(put('digested', 'hallo', { ContentMD5: md5 }))).toEqual({
      code: 'BadDigest',
      status: 400,
    });
    expect(await rejection(put('digested', 'hallo', { ContentMD5: wrong }))).toEqual({
      code: 'InvalidDigest',
      status: 400,
    });
    expect(await rejection(put('digested', 'hallo', { ChecksumCRC32: 'NhCmhg==' }))).toEqual({
      code: 'BadDigest',
      status: 400,
    });
    expect(Buffer.from((await get('digested')) ?? []).toString()).toBe('hello');
  });
});

describe('deleting objects', () => {
  const versions = async (Prefix: string) => {
    const answer = await laptop.client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix }));
    return [...(answer.Versions ?? []), ...(answer.DeleteMarkers ?? [])];
  };

  it('deletes many at once, each with its outcome', async () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `many/${index}&<'"`);
    await Promise.all(keys.map((key) => laptop.s3.put(bucket, key, Buffer.from('x'))));
    const Objects = keys.map((Key) => ({ Key }));
    const answer = await laptop.client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }),
    );
    expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(keys);
    expect(await laptop.s3.list(bucket, 'many/')).toEqual([]);
  });

  it('is quiet when asked, and tells of the keys that it rejects', async () => {
    const answer = await laptop.client.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Quiet: true, Objects: [{ Key: 'quiet' }, { Key: 'quiet', VersionId: 'nonsense' }] },
      }),
    );
    expect(answer.Deleted).toBeUndefined();
    expect(answer.Errors).toMatchObject([{ Key: 'quiet', VersionId: 'nonsense', Code: 'InvalidArgument' }]);
  });

  it('forgets a version for ever', async () => {
    const { VersionId } = await put('forgotten', 'x');
    await laptop.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'forgotten', VersionId }));
    expect(await versions('forgotten')).toEqual([]);
    expect(await laptop.s3.locate(bucket, 'forgotten')).toBeUndefined();
  });

  it('replaces only the null version once versioning is suspended', async () => {
    await laptop.s3.createBucket('suspended', { versioning: true, events: false });
    const first = await put('key', '1', { Bucket: 'suspended' });
    await laptop.client.send(
      new PutBucketVersioningCommand({
        Bucket: 'suspended',
        VersioningConfiguration: { Status: 'Suspended' },
      }),
    );
    await put('key', '2', { Bucket: 'suspended' });
    await put('key', '3', { Bucket: 'suspended' });
    const { Versions } = await laptop.client.send(new ListObjectVersionsCommand({ Bucket: 'suspended' }));
    expect(Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      ['null', true],
      [first.VersionId, false],
    ]);
  });
});
