import type { Fault } from './switches.ts';

/** Decides which fault a request meets: the first in the list that is due. */
export const openFaults = (faults: readonly Fault[]): ((path: string) => Fault | undefined) => {
  const counted = faults.map((fault) => ({ fault, requests: 0 }));
  return (path) => {
    const due = counted.filter(({ fault }) => fault.path === undefined || fault.path === path);
    let met: Fault | undefined;
    for (const entry of due) {
      const { fault } = entry;
      entry.requests += 1;
      const isDue = fault.every ? entry.requests % fault.every === 0 : entry.requests <= fault.times;
      if (!isDue) continue;
      met = fault;
      break;
    }
    return met;
  };
};
