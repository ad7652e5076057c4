import { readFile } from 'node:fs/promises';

/** The most memory (RSS, MB) that a process ever used; NaN on systems without Linux's procfs. */
export const peakMemory = async (process: number): Promise<number> => {
  const status = await readFile(`/proc/${process}/status`, 'utf8').catch(() => '');
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return (Number(kilobytes ?? Number.NaN) * 1024) / 1e6;
};
