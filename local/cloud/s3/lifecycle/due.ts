import type { Upload, Version } from '../records.ts';
import { hasSizes, type LifecycleRule, scopeOf } from './rule.ts';

const day = 24 * 60 * 60 * 1_000;

/** A version among those of its key. */
export type Seen = {
  readonly version: Version;
  /** The next newer version of the key; undefined for the current one. */
  readonly successor: Version | undefined;
  /** How many newer versions of the key are noncurrent as well. */
  readonly newerNoncurrent: number;
};

/** The midnight UTC after so many days: S3 rounds the resulting time up to the next one. */
export const midnightAfter = (from: string, days: number): number =>
  (Math.floor(Date.parse(from) / day) + days + 1) * day;

/** Whether a rule removes a noncurrent version permanently. */
export const isNoncurrentDue = (rules: readonly LifecycleRule[], seen: Seen, now: number): boolean => {
  const { version, successor, newerNoncurrent } = seen;
  if (!successor) return false;
  return rules.some((rule) => {
    const { NoncurrentDays, NewerNoncurrentVersions = 0 } = rule.NoncurrentVersionExpiration ?? {};
    return (
      NoncurrentDays !== undefined &&
      isIn(rule, version) &&
      newerNoncurrent >= NewerNoncurrentVersions &&
      midnightAfter(successor.lastModified, NoncurrentDays) <= now
    );
  });
};

/** Whether a rule deletes a key whose current version this is. */
export const isCurrentDue = (rules: readonly LifecycleRule[], version: Version, now: number): boolean =>
  version.blob !== undefined && rules.some((rule) => isIn(rule, version) && isAged(rule, version, now));

/**
 * Whether a rule removes a delete marker that is the only version of its key: one that asks for that, or one whose days the
 * marker has reached.
 */
export const isMarkerDue = (rules: readonly LifecycleRule[], version: Version, now: number): boolean =>
  version.blob === undefined &&
  rules.some(
    (rule) =>
      isIn(rule, version) &&
      (rule.Expiration?.ExpiredObjectDeleteMarker === true || isAged(rule, version, now)),
  );

/** Whether a rule ends an upload that was not completed. */
export const isUploadDue = (rules: readonly LifecycleRule[], upload: Upload, now: number): boolean =>
  rules.some(({ AbortIncompleteMultipartUpload: abort, ...rule }) => {
    const { prefix } = scopeOf(rule);
    return (
      abort !== undefined &&
      upload.key.startsWith(prefix) &&
      midnightAfter(upload.initiated, abort.DaysAfterInitiation) <= now
    );
  });

const isAged = ({ Expiration: expiration }: LifecycleRule, { lastModified }: Version, now: number): boolean =>
  (expiration?.Days !== undefined && midnightAfter(lastModified, expiration.Days) <= now) ||
  (expiration?.Date !== undefined && Date.parse(expiration.Date) <= now);

/** A delete marker has neither tags nor a size. */
const isIn = (rule: LifecycleRule, { key, tags, size, blob }: Version): boolean => {
  const scope = scopeOf(rule);
  if (blob === undefined && (scope.tags.length > 0 || hasSizes(scope))) return false;
  return (
    key.startsWith(scope.prefix) &&
    scope.tags.every(({ Key, Value }) => Object.hasOwn(tags, Key) && tags[Key] === Value) &&
    size > (scope.largerThan ?? -1) &&
    size < (scope.smallerThan ?? Number.POSITIVE_INFINITY)
  );
};
