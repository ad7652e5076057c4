import { DescribeStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { Mart } from '../../functions/domain/catalog.ts';
import { martLease } from '../../functions/domain/ledger.ts';
import type { Ledger } from '../../functions/domain/ports.ts';
import { type Following, follow, type Whereabouts } from './follow.ts';
import type { LandedFile } from './landing.ts';
import { newProgress, type Output } from './progress.ts';

/** Milliseconds without a change after which files count as stuck: jobs take seconds on a laptop, minutes on AWS. */
const patience = { laptop: 180_000, aws: 1_800_000 };

/** What following files takes on a cloud with these marts. */
export const followingOn = (
  { ledger, isLaptop }: { readonly ledger: Ledger; readonly isLaptop: boolean },
  marts: readonly Mart[],
): Following => ({
  ledger,
  martsOf: (dataset) => marts.filter((mart) => mart.datasets.includes(dataset)).map(({ name }) => name),
  isRebuilt: isLaptop ? rebuiltBy(ledger) : async () => false,
  patience: isLaptop ? patience.laptop : patience.aws,
});

/** Follows files until all are at rest, showing their way on an output, timed from a moment in milliseconds. */
export const watch = async (
  following: Following,
  landed: readonly LandedFile[],
  output: Output,
  began: number,
): Promise<Whereabouts[]> => {
  const progress = newProgress(output, began);
  const seen = await follow(following, landed, progress.show);
  progress.end();
  return seen;
};

/** Asks the warehouse whether the transaction of the mart's running rebuild is done. */
const rebuiltBy = (ledger: Ledger) => {
  const warehouse = new RedshiftDataClient({});
  return async (mart: string): Promise<boolean> => {
    const { holder } = await ledger.lease(martLease(mart));
    const rebuild = holder === undefined ? undefined : await ledger.rebuild(holder);
    if (rebuild?.statement_id === undefined) return false;
    const { Status } = await warehouse.send(new DescribeStatementCommand({ Id: rebuild.statement_id }));
    return Status === 'FINISHED';
  };
};
