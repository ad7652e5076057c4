import type { LimitFunction } from 'p-limit';
import type { JobRun } from './job.ts';

/** Runs work when there is room for it; a waiting run that is stopped rejects at once. */
export const inTurn = (
  turns: LimitFunction,
  run: JobRun,
  perform: (run: JobRun) => Promise<void>,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(run.signal.reason);
    if (run.signal.aborted) return stop();
    run.signal.addEventListener('abort', stop);
    void turns(async () => {
      run.signal.removeEventListener('abort', stop);
      if (!run.signal.aborted) await perform(run).then(resolve, reject);
    });
  });
