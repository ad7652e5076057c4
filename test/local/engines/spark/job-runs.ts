import type { JobRun } from '../../../../local/engines/job.ts';

/** A run whose log and state a test can look at. */
export type ObservedRun = JobRun & {
  readonly lines: string[];
  readonly stop: () => void;
  /** The process that it works in, once it does. */
  readonly process: Promise<number>;
};

let count = 0;

/** A run of the script `job`, which does what it is asked. */
export const runOf = (what: string, more: Readonly<Record<string, string>> = {}): ObservedRun => {
  const abort = new AbortController();
  const lines: string[] = [];
  let tell: (pid: number) => void = () => {};
  const process = new Promise<number>((resolve) => {
    tell = resolve;
  });
  count += 1;
  return {
    id: `jr_${count}`,
    jobScript: 'job',
    arguments: { '--do': what, ...more },
    signal: abort.signal,
    begin: () => lines.push('begins'),
    log: (line) => {
      lines.push(line);
      const pid = /^process (\d+) works/.exec(line)?.[1];
      if (pid) tell(Number(pid));
    },
    lines,
    stop: () => abort.abort(new Error('stopped')),
    process,
  };
};
