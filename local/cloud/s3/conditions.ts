import { S3Error } from './error.ts';
import type { Version } from './records.ts';

/** Condition of a write: the key must have no object, or one with this entity tag. */
export type WriteConditions = { readonly ifNoneMatch?: boolean; readonly ifMatch?: string };

type Header = (name: string) => string | undefined;

const unquoted = (tag: string): string =>
  tag
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/s, '$1');

const isMatch = (condition: string, etag: string): boolean =>
  condition.split(',').some((tag) => ['*', etag].includes(unquoted(tag)));

const seconds = (date: string): number => Math.floor(Date.parse(date) / 1000);

const failed = (condition: string): S3Error =>
  new S3Error('PreconditionFailed', { details: { Condition: condition } });

/** Reads the conditions of a write from its headers; S3 supports If-None-Match only with `*`. */
export const writeConditions = (header: Header): WriteConditions => {
  const ifNoneMatch = header('if-none-match');
  const ifMatch = header('if-match');
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*') throw new S3Error('NotImplemented');
  return { ifNoneMatch: ifNoneMatch !== undefined, ...(ifMatch === undefined ? {} : { ifMatch }) };
};

/** Rejects a write whose conditions do not fit the newest version; a delete marker counts as no object. */
export const checkWrite = (
  { ifNoneMatch = false, ifMatch }: WriteConditions,
  key: string,
  newest?: Version,
): void => {
  const etag = newest?.blob === undefined ? undefined : newest.etag;
  if (ifNoneMatch && etag !== undefined) throw failed('If-None-Match');
  if (ifMatch === undefined) return;
  if (etag === undefined) throw new S3Error('NoSuchKey', { details: { Key: key } });
  if (!isMatch(ifMatch, etag)) throw failed('If-Match');
};

/** Checks the conditions of a read in the order of RFC 9110; returns whether the client's copy is still current. */
export const isNotModified = (header: Header, { etag, lastModified }: Version): boolean => {
  const ifMatch = header('if-match');
  const ifUnmodified = header('if-unmodified-since');
  const ifNoneMatch = header('if-none-match');
  const ifModified = header('if-modified-since');
  if (ifMatch !== undefined && !isMatch(ifMatch, etag)) throw failed('If-Match');
  if (ifMatch === undefined && ifUnmodified !== undefined && seconds(lastModified) > seconds(ifUnmodified))
    throw failed('If-Unmodified-Since');
  if (ifNoneMatch !== undefined) return isMatch(ifNoneMatch, etag);
  return ifModified !== undefined && seconds(lastModified) <= seconds(ifModified);
};

/** Rejects a copy whose conditions do not fit the source. */
export const checkCopySource = (header: Header, source: Version): void => {
  if (isNotModified((name) => header(`x-amz-copy-source-${name}`), source))
    throw failed('x-amz-copy-source-If-None-Match');
};
