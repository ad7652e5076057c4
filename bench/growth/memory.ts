import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { MovedCloud } from '../cloud.ts';
import { treeMemory } from '../process-tree.ts';

/** Workers of functions end when nothing has needed them for 15 seconds. */
const restMs = 17_000;

/** The memory of a process tree after a rest (RSS, MB), and what its main thread has on its heap, both after garbage collection. */
export const restingMemory = async ({ child, process }: Pick<MovedCloud, 'child' | 'process'>) => {
  await pause(restMs);
  const heap_mb = await heapOf(child);
  return { heap_mb, rss_mb: await treeMemory(process) };
};

const heapOf = async (child: ChildProcess): Promise<number> => {
  const answered = once(child, 'message');
  child.send('memory');
  const [{ heapUsed }] = await answered;
  return heapUsed / 1e6;
};
