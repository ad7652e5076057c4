import { nextCommand } from '../output/next-command.ts';
import { fullSince } from '../target/running-cloud.ts';
import type { Problem } from './problem.ts';

/** Whether the laptop cloud at an endpoint can write its state. */
export const diskProblems = async (endpoint: string, now: string): Promise<Problem[]> => {
  const since = await fullSince(endpoint);
  if (since === undefined) return [];
  const seconds = Math.round((Date.parse(now) - since) / 1_000);
  const message = `nothing could be written into the state folder for ${seconds} s, so its disk is full or broken (logs/cloud.log and the terminal of the cloud say which); free some space, and everything continues by itself`;
  return [{ check: 'disk', about: 'disk', message, next: nextCommand('doctor') }];
};
