import type { Checksum } from './checksums.ts';
import { S3Error } from './error.ts';
import type { Bucket, Description, Version } from './records.ts';
import type { S3Request } from './request.ts';

const kept = [
  'cache-control',
  'content-disposition',
  'content-language',
  'content-type',
  'expires',
  'x-amz-website-redirect-location',
  'x-amz-storage-class',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-bucket-key-enabled',
];
const overridable = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];
const metadataPrefix = 'x-amz-meta-';
const mostMetadata = 2048;

const codings = ({ header }: S3Request): string =>
  (header('content-encoding') ?? '')
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'aws-chunked')
    .join(',');

const headersOf = (request: S3Request): Record<string, string> => {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of kept) {
    const value = request.header(name);
    if (value !== undefined && value !== '') headers[name] = value;
  }
  const encoding = codings(request);
  return encoding === '' ? headers : { ...headers, 'content-encoding': encoding };
};

const metadataOf = ({ incoming, header }: S3Request): Record<string, string> => {
  const names = Object.keys(incoming.headers).filter((name) => name.startsWith(metadataPrefix));
  const metadata = Object.fromEntries(
    names.map((name) => [name.slice(metadataPrefix.length), header(name) ?? '']),
  );
  const size = Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size <= mostMetadata) return metadata;
  throw new S3Error('MetadataTooLarge', {
    details: { Size: String(size), MaxSizeAllowed: String(mostMetadata) },
  });
};

/** Rejects tags beyond what S3 allows: ten, unique, keys of 1–128 characters, values of up to 256. */
export const checkTags = (tags: readonly (readonly [string, string])[]): Record<string, string> => {
  const keys = new Set(tags.map(([key]) => key));
  const isFitting = tags.every(([key, value]) => key !== '' && key.length <= 128 && value.length <= 256);
  if (tags.some(([key]) => key.startsWith('aws:')))
    throw new S3Error('InvalidTag', { message: 'System tags cannot be added/updated by requester' });
  if (keys.size === tags.length && tags.length <= 10 && isFitting) return Object.fromEntries(tags);
  throw new S3Error('InvalidTag');
};

/** Reads the tags of the `x-amz-tagging` header. */
export const tagsOf = ({ header }: S3Request): Record<string, string> =>
  checkTags([...new URLSearchParams(header('x-amz-tagging') ?? '')]);

/** Reads the properties of the object that a request writes. */
export const descriptionOf = (request: S3Request): Description => ({
  headers: headersOf(request),
  metadata: metadataOf(request),
  tags: tagsOf(request),
});

/** Adds the version id to a response, unless the bucket never had versioning. */
export const versionHeader = (bucket: Bucket, versionId: string): Record<string, string> =>
  bucket.versioning === undefined ? {} : { 'x-amz-version-id': versionId };

/** Adds a checksum to a response. */
export const checksumHeaders = (checksum: Checksum | undefined): Record<string, string> =>
  checksum === undefined
    ? {}
    : { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, 'x-amz-checksum-type': checksum.type };

/** Adds the headers that every read of a version has. */
export const validators = (bucket: Bucket, version: Version): Record<string, string> => ({
  etag: `"${version.etag}"`,
  'last-modified': new Date(version.lastModified).toUTCString(),
  ...versionHeader(bucket, version.versionId),
});

// A header consists of bytes, and a query's text is UTF-8.
const headerValue = (text: string): string => {
  if (/\p{Cc}/u.test(text))
    throw new S3Error('InvalidArgument', {
      message: 'Header value cannot be represented.',
      details: { ArgumentValue: text },
    });
  return Buffer.from(text).toString('latin1');
};

/** Adds all properties that a client gave the object, with the overrides from the query. */
export const describedIn = (version: Version, query: URLSearchParams): Record<string, string> => {
  const metadata = Object.entries(version.metadata).map(([name, value]) => [
    `${metadataPrefix}${name}`,
    value,
  ]);
  const overrides = overridable.flatMap((name) => {
    const value = query.get(`response-${name}`);
    return value === null ? [] : [[name, headerValue(value)]];
  });
  const tags = Object.keys(version.tags).length;
  return {
    ...version.headers,
    ...Object.fromEntries(metadata),
    ...(tags > 0 ? { 'x-amz-tagging-count': String(tags) } : {}),
    ...Object.fromEntries(overrides),
  };
};
