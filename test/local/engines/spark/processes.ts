import { execFileSync } from 'node:child_process';

type Process = { readonly pid: number; readonly command: string };

/** The living processes of a group: a dead one that nobody has buried yet is not among them. */
export const processesOf = (group: number): Process[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat=,comm='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, of, state]) => Number(of) === group && !state?.startsWith('Z'))
    .map(([pid, , , command = '']) => ({ pid: Number(pid), command }));

/** The Java of a group. */
export const javaOf = (group: number): number => {
  const java = processesOf(group).find(({ command }) => command.endsWith('java'));
  if (!java) throw new Error(`no Java runs in the group ${group}`);
  return java.pid;
};
