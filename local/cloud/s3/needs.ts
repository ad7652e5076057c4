import type { Need } from '../access/access.ts';
import type { S3Request } from './request.ts';

/** What a request needs, as S3's documentation lists it for each operation. */
export type Needs = (request: S3Request) => readonly Need[];

const arnOf = (bucket: string, key?: string): string =>
  `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;

export const onAccount =
  (action: string): Needs =>
  () => [{ action: `s3:${action}`, resource: '*' }];

export const onBucket =
  (action: string): Needs =>
  ({ bucket, query }) => {
    const given = ['prefix', 'delimiter'].flatMap((name) => {
      const value = query.get(name);
      return value === null ? [] : [[`s3:${name}`, value] as const];
    });
    return [{ action: `s3:${action}`, resource: arnOf(bucket), context: Object.fromEntries(given) }];
  };

/** What shows that an object does not exist; without it S3 answers that access is denied. */
export const seesAbsence = (bucket: string): Need => ({ action: 's3:ListBucket', resource: arnOf(bucket) });

/** An action on an object, which has a name of its own for a version: `Get` and `Object` make `GetObjectVersion`. */
const versioned = (
  verb: string,
  subject: string,
  key: string,
  bucket: string,
  version: string | null,
): Need => {
  const of = version === null ? 'Object' : 'ObjectVersion';
  return { action: `s3:${verb}${of}${subject}`, resource: arnOf(bucket, key) };
};

export const onObject =
  (verb: string, ...subjects: readonly string[]): Needs =>
  ({ bucket, key, query }) =>
    (subjects.length === 0 ? [''] : subjects).map((subject) =>
      versioned(verb, subject, key, bucket, query.get('versionId')),
    );

/** The action of multipart uploads, which have no versions. */
export const onUpload =
  (action: string): Needs =>
  ({ bucket, key }) => [{ action: `s3:${action}`, resource: arnOf(bucket, key) }];

export const putting: Needs = ({ bucket, key, header }) => [
  { action: 's3:PutObject', resource: arnOf(bucket, key) },
  ...(header('x-amz-tagging') ? [{ action: 's3:PutObjectTagging', resource: arnOf(bucket, key) }] : []),
];

export const puttingPart: Needs = ({ bucket, key }) => [
  { action: 's3:PutObject', resource: arnOf(bucket, key), isPart: true },
];

type Source = { readonly bucket: string; readonly key: string; readonly versionId: string | null };

export const readingSource = ({ bucket, key, versionId }: Source): Need[] => [
  versioned('Get', '', key, bucket, versionId),
];

/** Tags go with a copy unless the request replaces them. */
export const copyingTags = ({ bucket, key, versionId }: Source, target: S3Request): Need[] => [
  versioned('Get', 'Tagging', key, bucket, versionId),
  { action: 's3:PutObjectTagging', resource: arnOf(target.bucket, target.key) },
];

export const removing = (bucket: string, key: string, version: string | null | undefined): Need[] => [
  versioned('Delete', '', key, bucket, version ?? null),
];
