import type { Ledger } from '../ports.ts';
import { martLease, rebuildId } from '../records/lease.ts';
import type { RebuildIn, RebuildRecord } from '../records/rebuild.ts';

/** The rebuilds of a mart in the ledger: finds the newest one, and the one whose KPIs are published. */

/** The newest rebuild with a record, and the one whose KPIs are published. */
export type LastRebuilds = {
  readonly newest?: RebuildRecord;
  readonly published?: RebuildIn<'published'>;
};

/**
 * The last rebuilds of a mart up to a sequence; default: the fence of its lease. A fence may have no record, now or ever; the
 * newest record then names the last published rebuild before it, which cannot have changed since.
 */
export const lastRebuilds = async (ledger: Ledger, mart: string, upTo?: number): Promise<LastRebuilds> => {
  const newest = await newestRebuild(ledger, mart, upTo ?? (await ledger.leases.find(martLease(mart))).fence);
  if (!newest) return {};
  if (newest.state === 'published') return { newest, published: newest };
  const published = await publishedBefore(ledger, newest);
  return published ? { newest, published } : { newest };
};

/** Published rebuilds of a mart, newest first. */
export async function* publishedRebuilds(
  ledger: Ledger,
  mart: string,
): AsyncGenerator<RebuildIn<'published'>> {
  let { published } = await lastRebuilds(ledger, mart);
  while (published) {
    yield published;
    published = await publishedBefore(ledger, published);
  }
}

/** Another rebuild can follow a rebuild only if it is published, which never changes. */
const publishedBefore = async (
  ledger: Ledger,
  { follows }: Pick<RebuildRecord, 'follows'>,
): Promise<RebuildIn<'published'> | undefined> => {
  const before = follows === undefined ? undefined : await ledger.rebuilds.find(follows);
  return before?.state === 'published' ? before : undefined;
};

const newestRebuild = async (
  ledger: Ledger,
  mart: string,
  upTo: number,
): Promise<RebuildRecord | undefined> => {
  for (let seq = upTo; seq > 0; seq--) {
    const rebuild = await ledger.rebuilds.find(rebuildId(mart, seq));
    if (rebuild) return rebuild;
  }
  return undefined;
};
