import {
  DeleteObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucket, type LaptopS3, rejection, startS3 } from './laptop-s3.ts';

const thousands = Array.from({ length: 2_345 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
const tree = [
  'photos',
  'photos/',
  'photos/2024/a',
  'photos/2024/b',
  'photos/2025/a',
  'photos0',
  'readme',
  'ä',
  '\u{ff5e}',
  '😀',
];

let laptop: LaptopS3;
beforeAll(async () => {
  laptop = await startS3();
  for (const key of tree) await laptop.s3.put('plain', key, Buffer.from(key));
  await Promise.all(thousands.map((key) => laptop.s3.put(bucket, key, Buffer.from('x'))));
});
afterAll(() => laptop.close());

const list = (more = {}) => laptop.client.send(new ListObjectsV2Command({ Bucket: 'plain', ...more }));
const names = ({ Contents = [], CommonPrefixes = [] }: Awaited<ReturnType<typeof list>>) => ({
  keys: Contents.map(({ Key }) => Key),
  prefixes: CommonPrefixes.map(({ Prefix }) => Prefix),
});

describe('a marker', () => {
  const page = { Bucket: 'plain', Prefix: 'photos/', Delimiter: '/' };
  const prefixesOf = (answer: { CommonPrefixes?: { Prefix?: string | undefined }[] | undefined }) =>
    (answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix);

  // As S3 documents it: a common prefix that is not greater than the marker is left out.
  it.each([
    ['is greater', 'photos/2023', ['photos/2024/', 'photos/2025/']],
    ['is equal', 'photos/2024/', ['photos/2025/']],
    ['has keys behind it', 'photos/2024/a', ['photos/2025/']],
    ['is smaller', 'photos/2025/z', []],
  ])('lists only common prefixes behind it: one that %s', async (_, marker, prefixes) => {
    const { client } = laptop;
    expect(prefixesOf(await list({ ...page, StartAfter: marker }))).toEqual(prefixes);
    expect(prefixesOf(await client.send(new ListObjectsCommand({ ...page, Marker: marker })))).toEqual(
      prefixes,
    );
    expect(
      prefixesOf(await client.send(new ListObjectVersionsCommand({ ...page, KeyMarker: marker }))),
    ).toEqual(prefixes);
  });
});

describe('listing objects', () => {
  it('lists in the order of UTF-8 bytes', async () => {
    expect(names(await list()).keys).toEqual(tree);
  });

  it('pages through more than 1,000 keys', async () => {
    const pages: string[][] = [];
    for await (const page of paginateListObjectsV2(
      { client: laptop.client },
      { Bucket: bucket, Prefix: 'many/' },
    ))
      pages.push((page.Contents ?? []).map(({ Key }) => Key ?? ''));
    expect(pages.map((page) => page.length)).toEqual([1000, 1000, 345]);
    expect(pages.flat()).toEqual(thousands);
  });

  it('rolls up at the delimiter, and counts a prefix once over all pages', async () => {
    expect(names(await list({ Delimiter: '/' }))).toEqual({
      keys: ['photos', 'photos0', 'readme', 'ä', '\u{ff5e}', '😀'],
      prefixes: ['photos/'],
    });
    expect(names(await list({ Delimiter: '/', Prefix: 'photos/' }))).toEqual({
      keys: ['photos/'],
      prefixes: ['photos/2024/', 'photos/2025/'],
    });
    const seen: unknown[] = [];
    for await (const page of paginateListObjectsV2(
      { client: laptop.client, pageSize: 1 },
      { Bucket: 'plain', Delimiter: '/' },
    )) {
      const { keys, prefixes } = names(page);
      seen.push(...keys, ...prefixes);
    }
    expect(seen).toEqual(['photos', 'photos/', 'photos0', 'readme', 'ä', '\u{ff5e}', '😀']);
  });

  it('starts behind a key', async () => {
    expect(names(await list({ StartAfter: 'photos/2024/a', MaxKeys: 2 })).keys).toEqual([
      'photos/2024/b',
      'photos/2025/a',
    ]);
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  it('pages by marker in the first version of the listing', async () => {
    const first = await laptop.client.send(
      new ListObjectsCommand({ Bucket: 'plain', Delimiter: '/', MaxKeys: 2 }),
    );
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'photos/' });
    const next = await laptop.client.send(
      new ListObjectsCommand({ Bucket: 'plain', Delimiter: '/', Marker: first.NextMarker }),
    );
    expect(next.Contents?.[0]?.Key).toBe('photos0');
    expect(next.CommonPrefixes).toBeUndefined();
  });

  it('encodes keys when asked', async () => {
    await laptop.s3.put('plain', 'zz/a +%\u0001ü(3)', Buffer.from(''));
    const answer = await list({ Prefix: 'zz/', EncodingType: 'url' });
    expect(answer.Contents?.[0]?.Key).toBe('zz/a+%2B%25%01%C3%BC%283%29');
  });

  it('rejects tokens and numbers that are none', async () => {
    expect(await rejection(list({ ContinuationToken: '!' }))).toEqual({
      code: 'InvalidArgument',
      status: 400,
    });
    expect(await rejection(list({ MaxKeys: -1 }))).toEqual({ code: 'InvalidArgument', status: 400 });
    expect(await rejection(list({ Bucket: 'nowhere' }))).toEqual({ code: 'NoSuchBucket', status: 404 });
  });
});

describe('listing versions', () => {
  it('pages from the newest version to the oldest, also when what a page ended with is gone', async () => {
    const ids: string[] = [];
    for (const text of ['1', '2', '3', '4', '5'])
      ids.unshift((await laptop.s3.put(bucket, 'versioned', Buffer.from(text)))?.versionId ?? '');
    const first = await laptop.client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: 'versioned', MaxKeys: 2 }),
    );
    expect(first.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [ids[0], true],
      [ids[1], false],
    ]);
    await laptop.client.send(
      new DeleteObjectCommand({ Bucket: bucket, Key: 'versioned', VersionId: ids[1] }),
    );
    const rest = await laptop.client.send(
      new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: 'versioned',
        KeyMarker: first.NextKeyMarker,
        VersionIdMarker: first.NextVersionIdMarker,
      }),
    );
    expect(rest.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [ids[2], false],
      [ids[3], false],
      [ids[4], false],
    ]);
  });
});
