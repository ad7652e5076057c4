import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { treeMemory } from '../process-tree.ts';

/** Workers of functions end when nothing has needed them for 15 seconds. */
const restMs = 17_000;

/** The memory of a process tree (RSS, MB) after a rest. */
export const restingMemory = async (process: number): Promise<number> => {
  await pause(restMs);
  return treeMemory(process);
};

/** What a cloud's process uses of its heap after garbage collection, with what its buffers hold, MB. */
export const heapOf = async (child: ChildProcess): Promise<number> => {
  const answered = once(child, 'message');
  child.send('memory');
  const [{ heapUsed, external }] = await answered;
  return (heapUsed + external) / 1e6;
};
