import { setTimeout as pause } from 'node:timers/promises';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import type { Pipeline } from '../end-to-end/pipeline.ts';

export type File = { readonly name: string; readonly text: string };

/**
 * Lands files of listens while the cloud may fail or die under them, each again as long as that makes sense (default: not at all);
 * those in `left` were not confirmed and are to be landed later.
 */
export const landUnderAttack = async (
  pipeline: Pipeline,
  files: readonly File[],
  makesSense: () => boolean = () => false,
): Promise<{ landed: FileVersion[]; left: File[] }> => {
  const land = async ({ name, text }: File): Promise<FileVersion> => {
    for (;;) {
      try {
        return await pipeline.land(`data/streams/${name}`, text);
      } catch (cause) {
        if (!makesSense()) throw cause;
        await pause(100);
      }
    }
  };
  const outcomes = await Promise.allSettled(files.map(land));
  return {
    landed: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    left: files.filter((_, index) => outcomes[index]?.status === 'rejected'),
  };
};
