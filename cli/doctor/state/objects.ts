import { notice } from '../../output/answer.ts';
import { count } from '../../output/count.ts';
import { nextCommand } from '../../output/next-command.ts';
import type { Problem } from '../problem.ts';
import type { Compared, StatePorts } from './ports.ts';

/** Compares the files of all objects with what was written to them. */
export const objectProblems = async ({
  objects,
}: Pick<StatePorts, 'objects'>): Promise<{
  problems: Problem[];
  counts: Pick<Compared, 'objects' | 'bytes'>;
}> => {
  const problems: Problem[] = [];
  let counts = { objects: 0, bytes: 0 };
  const unknown = { files: 0, bytes: 0, first: '' };
  for await (const found of objects()) {
    if (found.kind === 'damaged') {
      const { message } = found;
      problems.push({ check: 'objects', about: 'objects', message, next: nextCommand('runs', '--open') });
    } else if (found.kind === 'unknown') {
      unknown.files += 1;
      unknown.bytes += found.bytes;
      unknown.first ||= found.path;
    } else {
      if (found.objects > counts.objects && counts.objects > 0) notice(`  ${counted(found)} …`);
      counts = { objects: found.objects, bytes: found.bytes };
    }
  }
  if (unknown.files > 0) {
    const belong = unknown.files === 1 ? 'belongs' : 'belong';
    const message = `${count(unknown.files, 'file')} of ${megabytes(unknown.bytes)} ${belong} to no object, the first is ${unknown.first}; if the index of objects is an older one, put back a copy of the state folder, otherwise delete ${unknown.files === 1 ? 'it' : 'them'}`;
    problems.push({ check: 'objects', about: 'objects', message, next: nextCommand('runs') });
  }
  return { problems, counts };
};

const counted = ({ objects, bytes }: Pick<Compared, 'objects' | 'bytes'>): string =>
  `${count(objects, 'object')}, ${megabytes(bytes)}`;

/** A size as people read it. */
export const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
