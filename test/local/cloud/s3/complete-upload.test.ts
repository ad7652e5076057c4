import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bucket, type LaptopS3, rejection, startS3 } from './laptop-s3.ts';

const five = 5 * 1024 ** 2;
const bytes = randomBytes(2 * five + 1000);
const pieces = [bytes.subarray(0, five), bytes.subarray(five, 2 * five), bytes.subarray(2 * five)];

let laptop: LaptopS3;
beforeAll(async () => {
  laptop = await startS3();
});
afterAll(() => laptop.close());

const begin = async (Key: string, more = {}) => {
  const { UploadId } = await laptop.client.send(
    new CreateMultipartUploadCommand({ Bucket: bucket, Key, ...more }),
  );
  return { Bucket: bucket, Key, UploadId };
};
type Upload = Awaited<ReturnType<typeof begin>>;

const upload = async (to: Upload, PartNumber: number, Body: Buffer, more = {}): Promise<CompletedPart> => {
  const { ETag } = await laptop.client.send(new UploadPartCommand({ ...to, PartNumber, Body, ...more }));
  return { PartNumber, ETag };
};
const complete = (to: Upload, Parts: CompletedPart[], more = {}) =>
  laptop.client.send(new CompleteMultipartUploadCommand({ ...to, MultipartUpload: { Parts }, ...more }));

it('makes one object of its parts, and says so once', async () => {
  const to = await begin('whole', { Metadata: { a: '1' }, ContentType: 'text/csv' });
  const parts = await Promise.all(
    [2, 3, 1].map((number) => upload(to, number, pieces[number - 1] ?? Buffer.alloc(0))),
  );
  parts.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
  const done = await complete(to, parts);
  const digests = pieces.map((piece) => createHash('md5').update(piece).digest());
  const etag = `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-3"`;
  expect(done.ETag).toBe(etag);
  const found = await laptop.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'whole' }));
  expect(found).toMatchObject({ ETag: etag, Metadata: { a: '1' }, ContentType: 'text/csv' });
  expect(bytes.equals((await found.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
  const announced = laptop.events.filter(({ key }) => key === 'whole');
  expect(announced).toMatchObject([
    { reason: 'CompleteMultipartUpload', size: bytes.length, versionId: done.VersionId },
  ]);
  expect(await rejection(complete(to, parts))).toEqual({ code: 'NoSuchUpload', status: 404 });
});

it('reads one part of an object', async () => {
  const part = { Bucket: bucket, Key: 'whole', PartNumber: 2 };
  const found = await laptop.client.send(new GetObjectCommand(part));
  expect(found).toMatchObject({
    PartsCount: 3,
    ContentRange: `bytes ${five}-${2 * five - 1}/${bytes.length}`,
  });
  const head = new HeadObjectCommand({ ...part, PartNumber: 4 });
  expect((await rejection(laptop.client.send(head))).status).toBe(416);
});

it('tells how many parts an object has', async () => {
  const asked = { Bucket: bucket, Key: 'whole', ObjectAttributes: ['ObjectParts' as const] };
  const { ObjectParts } = await laptop.client.send(new GetObjectAttributesCommand(asked));
  expect(ObjectParts).toMatchObject({ TotalPartsCount: 3 });
});

it.each([
  ['CRC32', 'COMPOSITE', /-3$/],
  ['CRC32', 'FULL_OBJECT', /==$/],
  ['CRC64NVME', 'FULL_OBJECT', /=$/],
  ['SHA256', 'COMPOSITE', /-3$/],
] as const)('keeps a %s checksum, %s', async (ChecksumAlgorithm, ChecksumType, form) => {
  const to = await begin('summed', { ChecksumAlgorithm, ChecksumType });
  const parts: CompletedPart[] = [];
  for (const [index, piece] of pieces.entries())
    parts.push(await upload(to, index + 1, piece, { ChecksumAlgorithm }));
  await complete(to, parts);
  const head = await laptop.client.send(
    new HeadObjectCommand({ Bucket: bucket, Key: 'summed', ChecksumMode: 'ENABLED' }),
  );
  expect(head.ChecksumType).toBe(ChecksumType);
  expect(head[`Checksum${ChecksumAlgorithm}`]).toMatch(form);
});

it('rejects a list that does not fit its parts, and can be completed afterwards', async () => {
  const to = await begin('listed');
  const [first, second] = [
    await upload(to, 1, Buffer.from('small')),
    await upload(to, 2, Buffer.from('last')),
  ];
  expect(await rejection(complete(to, [first, second]))).toEqual({ code: 'EntityTooSmall', status: 400 });
  expect(await rejection(complete(to, [second, first]))).toEqual({ code: 'InvalidPartOrder', status: 400 });
  expect(await rejection(complete(to, [{ ...first, ETag: '"other"' }]))).toEqual({
    code: 'InvalidPart',
    status: 400,
  });
  expect(await rejection(complete(to, [{ ...first, PartNumber: 9 }]))).toEqual({
    code: 'InvalidPart',
    status: 400,
  });
  expect(await rejection(complete(to, []))).toEqual({ code: 'MalformedXML', status: 400 });
  await complete(to, [second], { IfNoneMatch: '*' });
  const late = await begin('listed');
  const part = await upload(late, 1, Buffer.from('late'));
  expect(await rejection(complete(late, [part], { IfNoneMatch: '*' }))).toEqual({
    code: 'PreconditionFailed',
    status: 412,
  });
  await complete(late, [part]);
});

it('copies parts from other objects', async () => {
  const to = await begin('copied');
  const copied = await laptop.client.send(
    new UploadPartCopyCommand({
      ...to,
      PartNumber: 1,
      CopySource: `${bucket}/whole`,
      CopySourceRange: `bytes=10-${five + 9}`,
    }),
  );
  const last = await upload(to, 2, Buffer.from('end'));
  await complete(to, [{ PartNumber: 1, ETag: copied.CopyPartResult?.ETag }, last]);
  const found = await laptop.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'copied' }));
  const expected = Buffer.concat([bytes.subarray(10, five + 10), Buffer.from('end')]);
  expect(expected.equals((await found.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
  const beyond = new UploadPartCopyCommand({
    ...(await begin('x')),
    PartNumber: 1,
    CopySource: `${bucket}/whole`,
    CopySourceRange: `bytes=0-${bytes.length}`,
  });
  expect(await rejection(laptop.client.send(beyond))).toEqual({ code: 'InvalidArgument', status: 400 });
});

it('lists uploads and parts in pages', async () => {
  const ups = [await begin('list/a'), await begin('list/a'), await begin('list/b')];
  const list = (more = {}) =>
    laptop.client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'list/', MaxUploads: 1, ...more }),
    );
  const seen: (string | undefined)[] = [];
  for (
    let page = await list();
    ;
    page = await list({ KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker })
  ) {
    seen.push(...(page.Uploads ?? []).map(({ UploadId }) => UploadId));
    if (!page.IsTruncated) break;
  }
  expect(seen).toEqual(ups.map(({ UploadId }) => UploadId));
  const [to] = ups;
  if (!to) throw new Error('no upload');
  for (const number of [3, 1, 2, 2]) await upload(to, number, Buffer.from(`part ${number}`));
  const first = await laptop.client.send(new ListPartsCommand({ ...to, MaxParts: 2 }));
  expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
  const rest = await laptop.client.send(
    new ListPartsCommand({ ...to, PartNumberMarker: first.NextPartNumberMarker }),
  );
  expect([...(first.Parts ?? []), ...(rest.Parts ?? [])].map(({ PartNumber }) => PartNumber)).toEqual([
    1, 2, 3,
  ]);
});

it('leaves nothing of an upload that was given up', async () => {
  const count = async () => (await readdir(join(laptop.directory, 'objects'))).length;
  const before = await count();
  const to = await begin('given-up');
  await upload(to, 1, Buffer.from('one'));
  await upload(to, 1, Buffer.from('again'));
  expect(await count()).toBe(before + 1);
  await laptop.client.send(new AbortMultipartUploadCommand(to));
  expect(await count()).toBe(before);
  expect(await rejection(upload(to, 2, Buffer.from('late')))).toEqual({ code: 'NoSuchUpload', status: 404 });
});
