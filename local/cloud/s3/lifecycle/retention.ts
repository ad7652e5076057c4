import type { Retention } from '../../retention/retention.ts';
import { S3Error } from '../error.ts';
import { uploadsOf, versionsOf } from '../index-keys.ts';
import type { Bucket, Version } from '../records.ts';
import { stepsOf } from '../steps.ts';
import type { Store } from '../store.ts';
import { isCurrentDue, isMarkerDue, isNoncurrentDue, isUploadDue, type Seen } from './due.ts';
import { type LifecycleRule, scopeOf } from './rule.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * Carries out the lifecycle rules of all buckets: after each midnight UTC, after a start and after a change of the rules. It
 * reads only keys with a prefix of a rule.
 */
export const objectRetention = (store: Store): Retention => {
  const done = new Map<string, { readonly day: number; readonly lifecycle: Bucket['lifecycle'] }>();
  return {
    name: 'Objects',
    every: minute,
    async *round(now) {
      for (const { name, lifecycle } of store.buckets.all()) {
        const rules = lifecycle?.rules.filter(({ Status }) => Status === 'Enabled') ?? [];
        const today = { day: Math.floor(now / day), lifecycle };
        const last = done.get(name);
        if (rules.length === 0 || (last?.day === today.day && last.lifecycle === lifecycle)) continue;
        yield* expireVersions(store, name, rules, now);
        yield* abortUploads(store, name, rules, now);
        done.set(name, today);
      }
    },
  };
};

const expireVersions = async function* (
  { index, objects }: Store,
  bucket: string,
  rules: readonly LifecycleRule[],
  now: number,
): AsyncGenerator<void> {
  const deleting = rules.filter((rule) => rule.Expiration ?? rule.NoncurrentVersionExpiration);
  let previous: Version | undefined;
  let current: Version | undefined;
  let noncurrent = 0;

  /** Asked after the other versions of the key, because a marker is removed only when they are gone. */
  const endKey = async (): Promise<void> => {
    if (current && isMarkerDue(deleting, current, now)) await objects.expire(bucket, current, 'alone');
  };
  const look = async (version: Version): Promise<void> => {
    const isCurrent = version.key !== previous?.key;
    if (isCurrent) {
      await endKey();
      [current, noncurrent] = [version, 0];
      if (isCurrentDue(deleting, version, now)) await objects.expire(bucket, version, 'current');
    } else {
      const seen: Seen = { version, successor: previous, newerNoncurrent: noncurrent };
      noncurrent += 1;
      if (isNoncurrentDue(deleting, seen, now)) await objects.expire(bucket, version, 'noncurrent');
    }
    previous = version;
  };

  for (const prefix of prefixesOf(deleting)) {
    const entries = { positions: versionsOf(bucket), prefix, open: index.versions.cursor };
    for await (const step of stepsOf(entries)) {
      for (const version of step) await look(version);
      yield;
    }
  }
  await endKey();
};

const abortUploads = async function* (
  { index, uploads }: Store,
  bucket: string,
  rules: readonly LifecycleRule[],
  now: number,
): AsyncGenerator<void> {
  const aborting = rules.filter((rule) => rule.AbortIncompleteMultipartUpload);
  for (const prefix of prefixesOf(aborting)) {
    const entries = { positions: uploadsOf(bucket), prefix, open: index.uploads.cursor };
    for await (const step of stepsOf(entries)) {
      for (const upload of step)
        if (isUploadDue(aborting, upload, now)) await uploads.abort(upload).catch(expectGone);
      yield;
    }
  }
};

/** An upload that was completed or aborted meanwhile. */
const expectGone = (error: unknown): void => {
  if (!(error instanceof S3Error && error.name === 'NoSuchUpload')) throw error;
};

/** The prefixes of rules, without those that lie in another one. */
const prefixesOf = (rules: readonly LifecycleRule[]): string[] => {
  const all = [...new Set(rules.map((rule) => scopeOf(rule).prefix))];
  return all.filter((one) => !all.some((other) => other !== one && one.startsWith(other))).sort();
};
