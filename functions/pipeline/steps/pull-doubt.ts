import { doubtOfRows, doubtOfServer, type Source } from '../../sources/index.ts';
import type { Ledger } from '../ports.ts';
import type { PulledContent } from '../records/pull.ts';

/** What the source held at its last pull, of any window. */
export const lastContent = async (ledger: Ledger, source: string): Promise<PulledContent | undefined> =>
  (await ledger.pulls.of(source))
    .flatMap(({ content }) => content ?? [])
    .sort((one, other) => (one.observed_at < other.observed_at ? -1 : 1))
    .at(-1);

/** Why somebody has to look at what was pulled before it lands; undefined if nobody has to. */
export const doubtOf = (
  source: Source,
  before: PulledContent | undefined,
  now: PulledContent,
): string | undefined => {
  if (!before) return undefined;
  const doubt = doubtOfServer(before.identity, now.identity);
  if (doubt !== undefined || !source.snapshot || source.kind !== 'postgres') return doubt;
  return doubtOfRows(before.records, now.records, source.max_lost_share);
};
