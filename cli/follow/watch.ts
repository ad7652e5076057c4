import type { Files, Ledger } from '../../functions/pipeline/index.ts';
import type { Mart } from '../../functions/warehouse/index.ts';
import type { LandedFile } from '../target/landing.ts';
import { type Following, follow, type Whereabouts } from './follow.ts';
import { newProgress, type Output } from './progress.ts';

/** Milliseconds without a change after which files count as stuck: jobs take seconds on a laptop, minutes on AWS. */
const patience = { laptop: 180_000, aws: 1_800_000 };

/** The same for this cloud. */
export const patienceOn = ({ isLaptop }: { readonly isLaptop: boolean }): number =>
  isLaptop ? patience.laptop : patience.aws;

/** What is needed to follow files on a cloud with these marts. */
export const followingOn = (
  cloud: { readonly ledger: Ledger; readonly files: Files; readonly isLaptop: boolean },
  marts: readonly Mart[],
): Following => ({
  ledger: cloud.ledger,
  files: cloud.files,
  martsOf: (dataset) => marts.filter((mart) => mart.datasets.includes(dataset)).map(({ name }) => name),
  patience: patienceOn(cloud),
});

/** Follows files until all are done and shows their progress on an output; times count from `began`, in milliseconds. */
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
