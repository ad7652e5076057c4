import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { AccessDenied, type Need } from '../access/access.ts';
import { S3Error } from './error.ts';

/** A request as S3 reads it: to no bucket (`bucket` and `key` empty), to a bucket (`key` empty), or to an object. */
export type S3Request = {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly incoming: IncomingMessage;
  /** Throws AccessDenied unless the caller may do all of it. */
  readonly expect: Expect;
};

export type Expect = (needs: readonly Need[]) => void;

/** The same with the error of S3. */
export const answeringDenied =
  (expect: Expect): Expect =>
  (needs) => {
    try {
      expect(needs);
    } catch (error) {
      if (!(error instanceof AccessDenied)) throw error;
      throw new S3Error('AccessDenied', { message: error.message });
    }
  };

const longestKey = 1024;

/** Decodes a percent-encoded text; InvalidURI unless it is UTF-8. */
export const decodeUri = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', { details: { URI: text } });
  }
};

/** Rejects a key of more than 1,024 bytes. */
export const checkKey = (key: string): string => {
  const size = Buffer.byteLength(key);
  if (size > longestKey)
    throw new S3Error('KeyTooLongError', {
      details: { Size: String(size), MaxSizeAllowed: String(longestKey) },
    });
  return key;
};

/** Finds the bucket in a host name, `<bucket>.<something>`; if the host ends with `.localhost`, any bucket name counts. */
const bucketOfHost = (host: string, isBucket: (name: string) => boolean): string | undefined => {
  const name = host.replace(/:\d+$/, '');
  if (isIP(name.replace(/^\[|\]$/g, ''))) return undefined;
  const labels = name.split('.');
  const prefixes = labels.slice(1).map((_, index) => labels.slice(0, labels.length - 1 - index).join('.'));
  const own = /^(.+?)(?:\.s3)?\.localhost$/.exec(name)?.[1];
  return prefixes.find(isBucket) ?? (own === 's3' ? undefined : own);
};

/** Reads the target of a request without normalizing it: `..`, `//` and `+` are parts of a key. */
export const readRequest = (
  incoming: IncomingMessage,
  isBucket: (name: string) => boolean,
  expect: Expect,
): S3Request => {
  const target = (incoming.url ?? '/').replace(/^https?:\/\/[^/]*/, '');
  const mark = target.indexOf('?');
  const path = (mark < 0 ? target : target.slice(0, mark)).slice(1);
  const ownHost = bucketOfHost(incoming.headers.host ?? '', isBucket);
  const slash = path.indexOf('/');
  const [bucket, key] =
    ownHost !== undefined
      ? [ownHost, path]
      : slash < 0
        ? [path, '']
        : [path.slice(0, slash), path.slice(slash + 1)];
  return {
    method: incoming.method ?? 'GET',
    bucket: decodeUri(bucket),
    key: checkKey(decodeUri(key)),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    header: (name) => {
      const value = incoming.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    incoming,
    expect,
  };
};

/** Reads a whole number from the query; `otherwise` if it is missing, InvalidArgument if it is not a number. */
export const numberIn = (query: URLSearchParams, name: string, otherwise: number, most = 1000): number => {
  const text = query.get(name);
  if (text === null || text === '') return otherwise;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0x7fffffff)
    throw new S3Error('InvalidArgument', {
      message: `Provided ${name} not an integer or within integer range`,
      details: { ArgumentName: name, ArgumentValue: text },
    });
  return Math.min(Number(text), most);
};
