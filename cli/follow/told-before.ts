import type { AnyRebuild, Ledger } from '../../functions/pipeline/index.ts';
import type { MartRuns } from '../queries/mart-runs.ts';

/** For each mart whether its serving rebuild warns of nothing but what the one before it did. */
export const toldBefore = (ledger: Ledger, rebuilds: readonly MartRuns[]): Promise<boolean[]> =>
  Promise.all(
    rebuilds.map(async ({ published }) => {
      const before =
        published?.follows === undefined ? undefined : await ledger.rebuilds.find(published.follows);
      return before !== undefined && warningsOf(published) === warningsOf(before);
    }),
  );

const warningsOf = (rebuild: AnyRebuild | undefined): string =>
  JSON.stringify((rebuild?.checks ?? []).map(({ file, rows, first }) => [file, rows, first]));
