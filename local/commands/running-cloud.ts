import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The environment of the laptop cloud that runs on a state's folder, as its `cloud.env` has it; undefined when none runs. */
export const runningCloud = async (state: string): Promise<Record<string, string> | undefined> => {
  try {
    const environment = readLines(await readFile(join(state, 'cloud.env'), 'utf8'));
    const lock: Holder = JSON.parse(await readFile(join(state, 'lock'), 'utf8'));
    const holder = await whoAnswersAt(environment.AWS_ENDPOINT_URL ?? '');
    return holder.pid === lock.pid ? environment : undefined;
  } catch {
    // No such files, or nobody answers: what an ended cloud leaves behind.
    return undefined;
  }
};

type Holder = { readonly pid: number };

const whoAnswersAt = async (endpoint: string): Promise<Holder> => {
  const answer = await fetch(`${endpoint}/_soundcheck`, { signal: AbortSignal.timeout(10_000) });
  return (await answer.json()) as Holder;
};

const readLines = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
