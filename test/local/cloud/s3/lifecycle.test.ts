import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateMultipartUploadCommand,
  DeleteBucketLifecycleCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { midnightAfter } from '../../../../local/cloud/s3/lifecycle/due.ts';
import { bucket, type LaptopS3, rejection, startS3 } from './laptop-s3.ts';

const day = 86_400_000;
const begin = Date.UTC(2026, 0, 15, 10, 30);
let now: number;
let laptop: LaptopS3;

const setRules = (rules: Partial<LifecycleRule>[], Bucket = bucket) =>
  laptop.client.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: {
        Rules: rules.map((rule) => ({ Filter: { Prefix: '' }, Status: 'Enabled', ...rule }) as LifecycleRule),
      },
    }),
  );

const put = (Key: string, more: object = {}, Bucket = bucket) =>
  laptop.client.send(new PutObjectCommand({ Bucket, Key, Body: 'body', ...more }));

const remove = (Key: string, VersionId?: string, Bucket = bucket) =>
  laptop.client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));

/** `key` of each version, `key -` of each delete marker; the newest first. */
const versions = async (Bucket = bucket): Promise<string[]> => {
  const listed = await laptop.client.send(new ListObjectVersionsCommand({ Bucket }));
  const all = [
    ...(listed.Versions ?? []).map((one) => ({ ...one, text: `${one.Key}` })),
    ...(listed.DeleteMarkers ?? []).map((one) => ({ ...one, text: `${one.Key} -` })),
  ];
  const at = (one: (typeof all)[number]): number => Number(one.LastModified);
  return all
    .sort((a, b) => String(a.Key).localeCompare(String(b.Key)) || at(b) - at(a))
    .map(({ text }) => text);
};

const round = async (): Promise<void> => {
  for await (const _ of laptop.s3.retention.round(now));
};

const blobs = () => readdir(join(laptop.directory, 'objects'));

test('days are counted to the midnight after them', () => {
  expect(new Date(midnightAfter('2014-01-15T10:30:00Z', 3)).toISOString()).toBe('2014-01-19T00:00:00.000Z');
});

describe('the rules', () => {
  beforeEach(async () => {
    now = begin;
    laptop = await startS3({ clock: () => new Date(now) });
  });
  afterEach(() => laptop.close());

  test('give the current version a delete marker at the midnight after its days, without an event', async () => {
    await setRules([{ Filter: { Prefix: 'old/' }, Expiration: { Days: 1 } }]);
    await put('old/a');
    await put('young/a');
    now = Date.UTC(2026, 0, 17) - 1;
    await round();
    expect(await versions()).toEqual(['old/a', 'young/a']);
    now += 1;
    await round();
    expect(await versions()).toEqual(['old/a -', 'old/a', 'young/a']);
    expect(laptop.events).toHaveLength(2);
    now += day;
    await round();
    expect(await versions()).toEqual(['old/a -', 'old/a', 'young/a']);
  });

  test('remove noncurrent versions with their bytes, counted from their successor', async () => {
    await setRules([{ NoncurrentVersionExpiration: { NoncurrentDays: 1 } }]);
    await put('a');
    now += 10 * day;
    await put('a');
    now += day;
    await round();
    expect(await versions()).toEqual(['a', 'a']);
    now += day;
    await round();
    expect(await versions()).toEqual(['a']);
    expect(await blobs()).toHaveLength(1);
  });

  test('keep the newest noncurrent versions if they say so', async () => {
    await setRules([{ NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 } }]);
    for (let version = 0; version < 5; version++) await put('a');
    now += 3 * day;
    await round();
    expect(await versions()).toEqual(['a', 'a', 'a']);
  });

  test('remove an object of a bucket without versions', async () => {
    await setRules([{ Expiration: { Days: 1 } }], 'plain');
    await put('a', {}, 'plain');
    now += 2 * day;
    await round();
    expect(await versions('plain')).toEqual([]);
    expect(await blobs()).toEqual([]);
  });

  test.each([
    ['one that asks for it, at once', { Expiration: { ExpiredObjectDeleteMarker: true } }, 0, []],
    ['one whose days are over', { Expiration: { Days: 1 } }, 2 * day, []],
    ['not one whose days are not', { Expiration: { Days: 5 } }, 2 * day, ['a -']],
    [
      'not one for noncurrent versions',
      { NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
      9 * day,
      ['a -'],
    ],
    [
      'not one for tags',
      { Filter: { Tag: { Key: 'k', Value: 'v' } }, Expiration: { Days: 1 } },
      9 * day,
      ['a -'],
    ],
  ] as const)('remove a delete marker that is alone: %s', async (_, rule, later, left) => {
    const { VersionId } = await put('a');
    await remove('a');
    await remove('a', VersionId);
    await setRules([rule as unknown as LifecycleRule]);
    now += later;
    await round();
    expect(await versions()).toEqual(left);
  });

  test('leave a delete marker that has versions, until they are gone too', async () => {
    await setRules([
      { NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
      { Expiration: { ExpiredObjectDeleteMarker: true } },
    ]);
    await put('a');
    now += 1;
    await remove('a');
    await round();
    expect(await versions()).toEqual(['a -', 'a']);
    now += 2 * day;
    await round();
    expect(await versions()).toEqual([]);
    expect(await blobs()).toEqual([]);
  });

  test('end uploads that were not completed, and remove their parts', async () => {
    await setRules([{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 } }]);
    const { UploadId } = await laptop.client.send(
      new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'a' }),
    );
    await laptop.client.send(
      new UploadPartCommand({ Bucket: bucket, Key: 'a', UploadId, PartNumber: 1, Body: 'part' }),
    );
    const uploads = async () => {
      const { Uploads = [] } = await laptop.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return Uploads.length;
    };
    now += 3 * day;
    await round();
    expect(await uploads()).toBe(1);
    now += day;
    await round();
    expect(await uploads()).toBe(0);
    expect(await blobs()).toEqual([]);
  });

  test.each([
    ['tags', { And: { Prefix: 'a', Tags: [{ Key: 'k', Value: 'v' }] } }, ['ab', 'c']],
    ['a lower size', { ObjectSizeGreaterThan: 4 }, ['a', 'c']],
    ['an upper size', { ObjectSizeLessThan: 5 }, ['ab']],
  ] as const)('choose objects by %s', async (_, Filter, left) => {
    await setRules([{ Filter: Filter as LifecycleRule['Filter'], Expiration: { Days: 1 } }], 'plain');
    await put('a', { Tagging: 'k=v' }, 'plain');
    await put('ab', { Tagging: 'k=other', Body: 'five!' }, 'plain');
    await put('c', { Tagging: 'k=v' }, 'plain');
    now += 2 * day;
    await round();
    expect(await versions('plain')).toEqual(left);
  });

  test('expire by a date', async () => {
    await setRules([{ Expiration: { Date: new Date(Date.UTC(2026, 0, 20)) } }], 'plain');
    await put('a', {}, 'plain');
    now = Date.UTC(2026, 0, 20) - 1;
    await round();
    expect(await versions('plain')).toEqual(['a']);
    now += 1;
    await round();
    expect(await versions('plain')).toEqual([]);
  });

  test('do nothing when they are disabled or deleted', async () => {
    await setRules([{ Status: 'Disabled', Expiration: { Days: 1 } }], 'plain');
    await put('a', {}, 'plain');
    now += 9 * day;
    await round();
    await setRules([{ Expiration: { Days: 1 } }], 'plain');
    await laptop.client.send(new DeleteBucketLifecycleCommand({ Bucket: 'plain' }));
    await round();
    expect(await versions('plain')).toEqual(['a']);
  });

  test('take hundreds of versions in small steps', async () => {
    await setRules([{ Expiration: { Days: 1 } }], 'plain');
    for (let key = 0; key < 450; key++) await laptop.s3.put('plain', `k${key}`, Buffer.from('x'));
    now += 2 * day;
    let steps = 0;
    for await (const _ of laptop.s3.retention.round(now)) steps++;
    expect(steps).toBe(3);
    expect(await versions('plain')).toEqual([]);
  });

  test('do not delete what was put while they were carried out', async () => {
    await setRules([{ Expiration: { Days: 1 } }], 'plain');
    for (let key = 0; key < 150; key++) await put(`k${String(key).padStart(3, '0')}`, {}, 'plain');
    now += 2 * day;
    await Promise.all([round(), put('k149', {}, 'plain')]);
    expect(await versions('plain')).toEqual(['k149']);
  });
});

describe('the configuration', () => {
  beforeAll(async () => {
    now = begin;
    laptop = await startS3();
  });
  afterAll(() => laptop.close());

  const get = () => laptop.client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));

  test('is answered as it was put', async () => {
    expect(await rejection(get())).toEqual({ code: 'NoSuchLifecycleConfiguration', status: 404 });
    const Rules: LifecycleRule[] = [
      {
        ID: 'one',
        Filter: { Prefix: 'a <b>/' },
        Status: 'Enabled',
        Transitions: [
          { Days: 90, StorageClass: 'GLACIER_IR' },
          { Days: 180, StorageClass: 'DEEP_ARCHIVE' },
        ],
        Expiration: { Days: 365 },
        NoncurrentVersionExpiration: { NoncurrentDays: 7, NewerNoncurrentVersions: 3 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
      {
        ID: 'two',
        Filter: { And: { Prefix: '', Tags: [{ Key: 'k', Value: ' v' }], ObjectSizeLessThan: 10 } },
        Status: 'Disabled',
        Expiration: { Date: new Date(Date.UTC(2030, 0, 1)) },
        NoncurrentVersionTransitions: [{ NoncurrentDays: 30, StorageClass: 'STANDARD_IA' }],
      },
      { ID: 'three', Filter: { Tag: { Key: 'k', Value: '' } }, Status: 'Enabled', Expiration: { Days: 1 } },
    ];
    await setRules(Rules);
    const answered = await get();
    expect(answered.Rules).toEqual(Rules);
    expect(answered.TransitionDefaultMinimumObjectSize).toBe('all_storage_classes_128K');
    await laptop.client.send(new DeleteBucketLifecycleCommand({ Bucket: bucket }));
    expect(await rejection(get())).toMatchObject({ status: 404 });
  });

  test('gets ids for rules without one, and takes prefixes of the older schema', async () => {
    await setRules([{ Filter: undefined, Prefix: 'a/', Expiration: { Days: 1 } }]);
    const { Rules = [] } = await get();
    expect(Rules).toMatchObject([{ Prefix: 'a/', ID: expect.stringMatching(/.+/) }]);
  });

  test.each([
    ['no rule', [], 'InvalidRequest', 'At least one lifecycle rule must be specified.'],
    ['no action', [{}], 'InvalidRequest', 'At least one action needs to be specified in a rule'],
    [
      'an id twice',
      ['a', 'a'].map((ID) => ({ ID, Expiration: { Days: 1 } })),
      'InvalidArgument',
      'Rule ID must be unique. Found same ID for more than one rule',
    ],
    [
      'a long id',
      [{ ID: 'a'.repeat(256), Expiration: { Days: 1 } }],
      'InvalidArgument',
      'ID length should not exceed allowed limit of 255',
    ],
    [
      'no days',
      [{ Expiration: { Days: 0 } }],
      'InvalidArgument',
      "'Days' for Expiration action must be a positive integer",
    ],
    [
      'a date that is no midnight',
      [{ Expiration: { Date: new Date(begin) } }],
      'InvalidArgument',
      "'Date' must be at midnight GMT",
    ],
    [
      'no noncurrent days',
      [{ NoncurrentVersionExpiration: { NoncurrentDays: 0 } }],
      'InvalidArgument',
      "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer",
    ],
    [
      'a prefix beside filters',
      [{ Expiration: { Days: 1 } }, { Filter: undefined, Prefix: 'a', Expiration: { Days: 1 } }],
      'InvalidRequest',
      'Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter.',
    ],
    [
      'tags for uploads',
      [
        {
          Filter: { Tag: { Key: 'k', Value: 'v' } },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
      'InvalidRequest',
      'AbortIncompleteMultipartUpload cannot be specified with Tags.',
    ],
    [
      'tags for delete markers',
      [{ Filter: { Tag: { Key: 'k', Value: 'v' } }, Expiration: { ExpiredObjectDeleteMarker: true } }],
      'InvalidRequest',
      'ExpiredObjectDeleteMarker cannot be specified with Tags.',
    ],
    [
      'sizes in the wrong order',
      [
        {
          Filter: { And: { ObjectSizeGreaterThan: 9, ObjectSizeLessThan: 9 } },
          Expiration: { Days: 1 },
        },
      ],
      'InvalidRequest',
      "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.",
    ],
    [
      'an early transition',
      [{ Transitions: [{ Days: 29, StorageClass: 'STANDARD_IA' }] }],
      'InvalidArgument',
      "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
    ],
    [
      'two conditions without And',
      [{ Filter: { Prefix: 'a', ObjectSizeLessThan: 9 } }],
      'MalformedXML',
      /well-formed/,
    ],
    ['days and a date', [{ Expiration: { Days: 1, Date: new Date(0) } }], 'MalformedXML', /well-formed/],
    ['an unknown status', [{ Status: 'On', Expiration: { Days: 1 } }], 'MalformedXML', /well-formed/],
  ])('is rejected with %s', async (_, rules, name, message) => {
    const sent = setRules(rules as Partial<LifecycleRule>[]);
    await expect(sent).rejects.toThrow(message);
    await expect(sent).rejects.toMatchObject({ name });
  });
});
