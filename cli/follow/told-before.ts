import type { AnyRebuild, Ledger, MartRuns } from '../../functions/pipeline/index.ts';

/** For each mart: whether the published rebuild has only warnings that the rebuild before it had. */
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
