import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from './access.ts';

/**
 * Records the calls of roles in `calls.jsonl` of a state folder, each once. Only if the file exists, because it grows with the
 * number of files: an empty one starts the recording.
 */
export const openRecording = (state: string): ((call: Call) => void) | undefined => {
  const path = join(state, 'calls.jsonl');
  if (!existsSync(path)) return undefined;
  const known = new Set(readFileSync(path, 'utf8').split('\n'));
  return ({ role, action, resource }) => {
    const line = JSON.stringify({ role, action, resource });
    if (known.has(line)) return;
    known.add(line);
    appendFileSync(path, `${line}\n`);
  };
};
