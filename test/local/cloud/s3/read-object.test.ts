import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucket, type LaptopS3, rejection, startS3 } from './laptop-s3.ts';

let laptop: LaptopS3;
beforeAll(async () => {
  laptop = await startS3();
});
afterAll(() => laptop.close());

const put = (Key: string, Body: string, more = {}) =>
  laptop.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more }));
const get = (Key: string, more = {}) =>
  laptop.client.send(new GetObjectCommand({ Bucket: bucket, Key, ...more }));
const text = async (Key: string, more = {}) => (await get(Key, more)).Body?.transformToString();

describe('reading an object', () => {
  it('gives back what was said when it was put', async () => {
    const said = {
      ContentType: 'text/csv',
      CacheControl: 'no-cache',
      ContentDisposition: 'inline',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de',
      Metadata: { origin: 'upstream' },
    };
    await put('described', 'x', { ...said, Tagging: 'a=1&b=2' });
    expect(await get('described')).toMatchObject({ ...said, TagCount: 2, ContentLength: 1 });
    const { TagSet } = await laptop.client.send(
      new GetObjectTaggingCommand({ Bucket: bucket, Key: 'described' }),
    );
    expect(TagSet).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ]);
  });

  it('lets the query override headers', async () => {
    await put('overridden', 'x');
    const answer = await get('overridden', {
      ResponseContentType: 'text/plain',
      ResponseCacheControl: 'private',
    });
    expect(answer).toMatchObject({ ContentType: 'text/plain', CacheControl: 'private' });
    const hostile = get('overridden', { ResponseContentDisposition: 'a\nb' });
    expect(await rejection(hostile)).toEqual({ code: 'InvalidArgument', status: 400 });
  });

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
    ['bytes=0-1,4-5', '0123456789', undefined],
    ['bytes=5-2', '0123456789', undefined],
  ])('answers the range %s', async (Range, bytes, ContentRange) => {
    await put('ranged', '0123456789');
    const answer = await get('ranged', { Range });
    expect(await answer.Body?.transformToString()).toBe(bytes);
    expect(answer.ContentRange).toBe(ContentRange);
    expect(answer.$metadata.httpStatusCode).toBe(ContentRange ? 206 : 200);
  });

  it.each(['bytes=10-', 'bytes=-0'])('rejects the range %s of ten bytes', async (Range) => {
    await put('ranged', '0123456789');
    expect(await rejection(get('ranged', { Range }))).toEqual({ code: 'InvalidRange', status: 416 });
  });

  it('validates conditions', async () => {
    const { ETag } = await put('conditional', 'x');
    const past = new Date(Date.now() - 60_000);
    const future = new Date(Date.now() + 60_000);
    expect(await text('conditional', { IfMatch: ETag, IfUnmodifiedSince: past })).toBe('x');
    expect(await text('conditional', { IfNoneMatch: '"other"', IfModifiedSince: future })).toBe('x');
    expect(await text('conditional', { IfModifiedSince: past })).toBe('x');
    for (const rejected of [{ IfMatch: '"other"' }, { IfUnmodifiedSince: past }])
      expect(await rejection(get('conditional', rejected))).toEqual({
        code: 'PreconditionFailed',
        status: 412,
      });
    for (const unchanged of [{ IfNoneMatch: ETag }, { IfModifiedSince: future }])
      expect(await rejection(get('conditional', unchanged))).toMatchObject({ status: 304 });
  });

  it('tells what is missing', async () => {
    const { VersionId } = await put('present', 'x');
    expect(await rejection(get('absent'))).toEqual({ code: 'NoSuchKey', status: 404 });
    expect(await rejection(get('absent', { VersionId }))).toEqual({ code: 'NoSuchVersion', status: 404 });
    expect(await rejection(get('present', { VersionId: 'x' }))).toEqual({
      code: 'InvalidArgument',
      status: 400,
    });
    expect(await rejection(get('present', { Bucket: 'nowhere' }))).toEqual({
      code: 'NoSuchBucket',
      status: 404,
    });
    const head = new HeadObjectCommand({ Bucket: bucket, Key: 'absent' });
    expect(await rejection(laptop.client.send(head))).toEqual({ code: 'NotFound', status: 404 });
  });

  it('reads old versions behind a delete marker', async () => {
    const first = await put('versioned', '1');
    await put('versioned', '2');
    const marker = await laptop.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'versioned' }));
    expect(marker.DeleteMarker).toBe(true);
    expect(await rejection(get('versioned'))).toEqual({ code: 'NoSuchKey', status: 404 });
    expect(await text('versioned', { VersionId: first.VersionId })).toBe('1');
    expect(await rejection(get('versioned', { VersionId: marker.VersionId }))).toEqual({
      code: 'MethodNotAllowed',
      status: 405,
    });
    const restoring = { Bucket: bucket, Key: 'versioned', VersionId: marker.VersionId };
    expect((await laptop.client.send(new DeleteObjectCommand(restoring))).DeleteMarker).toBe(true);
    expect(await text('versioned')).toBe('2');
  });

  it('tells attributes and checksums', async () => {
    await put('summed', 'hello', { ChecksumAlgorithm: 'CRC64NVME' });
    const asked = new GetObjectAttributesCommand({
      Bucket: bucket,
      Key: 'summed',
      ObjectAttributes: ['ETag', 'Checksum', 'ObjectSize', 'StorageClass'],
    });
    expect(await laptop.client.send(asked)).toMatchObject({
      ETag: '5d41402abc4b2a76b9719d911017c592',
      Checksum: { ChecksumCRC64NVME: 'M3eFcAZSQlc=', ChecksumType: 'FULL_OBJECT' },
      ObjectSize: 5,
      StorageClass: 'STANDARD',
    });
  });
});

describe('copying an object', () => {
  const copy = (Key: string, CopySource: string, more = {}) =>
    laptop.client.send(new CopyObjectCommand({ Bucket: bucket, Key, CopySource, ...more }));

  it('keeps bytes and description of the version named', async () => {
    const { VersionId, ETag } = await put('sources/a+b ü', 'old', { Metadata: { a: '1' } });
    await put('sources/a+b ü', 'new');
    const source = `${bucket}/${encodeURIComponent('sources/a+b ü')}?versionId=${VersionId}`;
    const answer = await copy('copied', source);
    expect(answer).toMatchObject({ CopySourceVersionId: VersionId, CopyObjectResult: { ETag } });
    expect(await text('copied')).toBe('old');
    expect((await get('copied')).Metadata).toEqual({ a: '1' });
  });

  it('replaces the description when asked', async () => {
    await put('plainly', 'x', { Metadata: { a: '1' }, ContentType: 'text/csv' });
    await copy('plainly', `${bucket}/plainly`, { MetadataDirective: 'REPLACE', Metadata: { b: '2' } });
    expect(await get('plainly')).toMatchObject({ Metadata: { b: '2' }, ContentType: 'binary/octet-stream' });
  });

  it('rejects what makes no sense or does not hold', async () => {
    const { ETag } = await put('source', 'x');
    const past = new Date(Date.now() - 60_000);
    const from = `${bucket}/source`;
    expect(await rejection(copy('source', from))).toEqual({ code: 'InvalidRequest', status: 400 });
    expect(await rejection(copy('x', `${bucket}/absent`))).toEqual({ code: 'NoSuchKey', status: 404 });
    expect(await rejection(copy('x', 'nothing'))).toEqual({ code: 'InvalidArgument', status: 400 });
    for (const condition of [
      { CopySourceIfMatch: '"other"' },
      { CopySourceIfNoneMatch: ETag },
      { CopySourceIfUnmodifiedSince: past },
    ])
      expect(await rejection(copy('x', from, condition))).toEqual({
        code: 'PreconditionFailed',
        status: 412,
      });
  });

  it('outlives its source', async () => {
    const { VersionId } = await put('moved-from', 'bytes');
    await copy('moved-to', `${bucket}/moved-from`);
    await laptop.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'moved-from', VersionId }));
    expect(await text('moved-to')).toBe('bytes');
  });
});
