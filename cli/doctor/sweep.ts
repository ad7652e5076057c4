import { nextCommand } from '../output/next-command.ts';
import { sweepAt } from '../target/running-cloud.ts';
import type { Problem } from './problem.ts';

/** What a run of the sweep may take on a busy laptop, in milliseconds. */
const patience = 120_000;

/** Whether the sweep of the laptop cloud at an endpoint still ends; an alarm tells it of a stage. */
export const sweepProblems = async (endpoint: string, now: string): Promise<Problem[]> => {
  const sweep = await sweepAt(endpoint);
  const silent = sweep === undefined ? 0 : Date.parse(now) - sweep.last;
  if (sweep === undefined || silent <= 2 * sweep.every + patience) return [];
  const message = `has not ended for ${Math.floor(silent / 60_000)} minutes, but should every ${sweep.every / 1_000} s: nothing finds lost events; stop the cloud, see logs/soundcheck-dev-sweep.log, and start it again`;
  return [{ check: 'sweep', about: 'sweep', message, next: nextCommand('cloud') }];
};
