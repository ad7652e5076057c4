import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import type { Pipeline } from '../end-to-end/pipeline.ts';

export type File = { readonly name: string; readonly text: string };

/** Lands files of listens while the cloud may die under them; those in `left` were not confirmed and are to be landed again. */
export const landUnderAttack = async (
  pipeline: Pipeline,
  files: readonly File[],
): Promise<{ landed: FileVersion[]; left: File[] }> => {
  const landing = files.map(({ name, text }) => pipeline.land(`data/streams/${name}`, text));
  const outcomes = await Promise.allSettled(landing);
  return {
    landed: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    left: files.filter((_, index) => outcomes[index]?.status === 'rejected'),
  };
};
