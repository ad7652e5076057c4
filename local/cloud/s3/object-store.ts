import type { Announcer } from './announcer.ts';
import type { Blobs } from './blobs.ts';
import type { BucketStore } from './bucket-store.ts';
import { checkWrite, type WriteConditions } from './conditions.ts';
import { S3Error } from './error.ts';
import { versionsOf } from './index-keys.ts';
import type { Change, ObjectIndex } from './object-index.ts';
import type { Bucket, Description, ObjectEvent, Version } from './records.ts';
import type { Turns } from './turns.ts';
import { makeId, sequenceOf } from './version-ids.ts';

type Parts = {
  readonly index: ObjectIndex;
  readonly blobs: Blobs;
  readonly buckets: BucketStore;
  readonly turns: Turns;
  readonly announcer: Announcer;
  readonly clock: () => Date;
};

/** A version that is not yet written. */
export type Draft = Omit<Version, 'sequence' | 'versionId' | 'lastModified' | 'blob'> & {
  readonly blob: string;
};

export type Commit = {
  readonly reason: ObjectEvent['reason'];
  readonly conditions?: WriteConditions;
  /** Decided and written in the same turn. */
  readonly also?: () => Promise<Change[]>;
};

export type Removal = { readonly removed?: Version; readonly marker?: Version };

/** An object without properties. */
export const undescribed: Description = { headers: {}, metadata: {}, tags: {} };

const eventOf = (bucket: Bucket, version: Version, reason: ObjectEvent['reason']): ObjectEvent => ({
  bucket: bucket.name,
  key: version.key,
  size: version.size,
  etag: version.etag,
  versionId: version.versionId,
  sequencer: version.sequence.toString(16).toUpperCase().padStart(18, '0'),
  reason,
  time: version.lastModified,
});

/** Rejects an id that no version can have. */
export const checkVersionId = (versionId: string, argument = 'versionId'): void => {
  if (versionId === 'null' || sequenceOf(versionId) !== undefined) return;
  throw new S3Error('InvalidArgument', {
    message: 'Invalid version id specified',
    details: { ArgumentName: argument, ArgumentValue: versionId },
  });
};

/** Opens the objects of all buckets: every change of a key is one atomic write, one at a time. */
export const openObjects = ({ index, blobs, buckets, turns, announcer, clock }: Parts) => {
  const first = async (bucket: string, key: string, isWanted: (version: Version) => boolean) => {
    const positions = versionsOf(bucket);
    const cursor = index.versions.cursor({ gte: positions.atKey(key), lt: positions.behindKey(key) });
    try {
      let version = await cursor.next();
      while (version && !isWanted(version)) version = await cursor.next();
      return version;
    } finally {
      await cursor.close();
    }
  };

  const newest = (bucket: string, key: string) => first(bucket, key, () => true);

  const find = async (bucket: string, key: string, versionId: string): Promise<Version | undefined> => {
    if (versionId === 'null') return first(bucket, key, (version) => version.versionId === 'null');
    const sequence = sequenceOf(versionId);
    const version = sequence === undefined ? undefined : await index.versions.get(bucket, key, sequence);
    return version?.versionId === versionId ? version : undefined;
  };

  const dropping = (bucket: string, version: Version | undefined): Change[] => {
    if (!version) return [];
    const blob = version.blob === undefined ? [] : [index.leftovers.put(version.blob)];
    return [index.versions.remove(bucket, version), ...blob];
  };

  const sweep = async (version: Version | undefined): Promise<void> => {
    if (version?.blob !== undefined) await blobs.discard(version.blob);
  };

  const replacedIn = (bucket: Bucket, key: string): Promise<Version | undefined> =>
    bucket.versioning === 'Enabled' ? Promise.resolve(undefined) : find(bucket.name, key, 'null');

  const stamp = (bucket: Bucket, sequence: number) => ({
    sequence,
    versionId: bucket.versioning === 'Enabled' ? makeId(sequence) : 'null',
    lastModified: clock().toISOString(),
  });

  const commitNow = async (
    name: string,
    draft: Draft,
    { reason, conditions, also }: Commit,
    sequence: number,
  ) => {
    const bucket = buckets.named(name);
    if (conditions?.ifNoneMatch || conditions?.ifMatch !== undefined)
      checkWrite(conditions, draft.key, await newest(name, draft.key));
    const more = (await also?.()) ?? [];
    const replaced = await replacedIn(bucket, draft.key);
    const version: Version = { ...draft, ...stamp(bucket, sequence) };
    const event = eventOf(bucket, version, reason);
    await index.write([
      index.sequence.put(sequence),
      index.leftovers.remove(draft.blob),
      ...dropping(name, replaced),
      index.versions.put(name, version),
      ...(bucket.isAnnounced ? [index.events.put(event)] : []),
      ...more,
    ]);
    if (bucket.isAnnounced) announcer.announce(event);
    await sweep(replaced);
    return version;
  };

  const mark = async (bucket: Bucket, key: string, sequence: number): Promise<Removal> => {
    const replaced = await replacedIn(bucket, key);
    const marker: Version = { ...undescribed, key, size: 0, etag: '', ...stamp(bucket, sequence) };
    const isMarked = bucket.versioning !== undefined;
    await index.write([
      index.sequence.put(sequence),
      ...dropping(bucket.name, replaced),
      ...(isMarked ? [index.versions.put(bucket.name, marker)] : []),
    ]);
    await sweep(replaced);
    return isMarked ? { marker } : {};
  };

  const removeVersion = async (bucket: string, key: string, versionId: string): Promise<Removal> => {
    const removed = await find(bucket, key, versionId);
    if (!removed) return {};
    await index.write(dropping(bucket, removed));
    await sweep(removed);
    return { removed };
  };

  return {
    /** The newest version of a key, which may be a delete marker. */
    newest,

    /** One version of a key, which may be a delete marker. */
    find,

    /** Makes a written blob the newest version of its key; if that fails, the blob is removed. */
    async commit(bucket: string, draft: Draft, commit: Commit): Promise<Version> {
      try {
        return await turns.take((sequence) => commitNow(bucket, draft, commit, sequence));
      } catch (error) {
        await blobs.discard(draft.blob);
        throw error;
      }
    },

    /** Removes one version permanently; without a version id, deletes the key as the bucket's versioning requires. */
    async remove(name: string, key: string, versionId?: string, ifMatch?: string): Promise<Removal> {
      if (versionId !== undefined) checkVersionId(versionId);
      return turns.take(async (sequence) => {
        const bucket = buckets.named(name);
        if (ifMatch !== undefined) checkWrite({ ifMatch }, key, await newest(name, key));
        return versionId === undefined ? mark(bucket, key, sequence) : removeVersion(name, key, versionId);
      });
    },

    /**
     * Expires a version that is still what it was seen as: a current one is deleted as its key is, a noncurrent one and one that
     * is alone are removed permanently.
     */
    expire(
      name: string,
      { key, sequence }: Version,
      seenAs: 'current' | 'noncurrent' | 'alone',
    ): Promise<void> {
      return turns.take(async (next) => {
        if (!buckets.has(name)) return;
        const isCurrent = (await newest(name, key))?.sequence === sequence;
        if (isCurrent !== (seenAs !== 'noncurrent')) return;
        if (seenAs === 'current') return void (await mark(buckets.named(name), key, next));
        if (seenAs === 'alone' && (await first(name, key, (one) => one.sequence !== sequence))) return;
        const version = await index.versions.get(name, key, sequence);
        await index.write(dropping(name, version));
        await sweep(version);
      });
    },

    /** Replaces the tags of a version. */
    tag(name: string, { key, sequence }: Version, tags: Record<string, string>): Promise<void> {
      return turns.take(async () => {
        const version = await index.versions.get(name, key, sequence);
        if (version) await index.write([index.versions.put(name, { ...version, tags })]);
      });
    },
  };
};
