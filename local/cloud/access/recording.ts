import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from './access.ts';

/**
 * Records the calls of roles in the state folder, only in files that exist, because they grow: in `calls.jsonl` each call once, in
 * `all-calls.jsonl` each call as often as it happens. An empty file starts the recording.
 */
export const openRecording = (state: string): ((call: Call) => void) | undefined => {
  const recordings = [onceIn(join(state, 'calls.jsonl')), alwaysIn(join(state, 'all-calls.jsonl'))];
  const open = recordings.filter((recording) => recording !== undefined);
  if (open.length === 0) return undefined;
  return (call) => {
    for (const record of open) record(call);
  };
};

const onceIn = (path: string): ((call: Call) => void) | undefined => {
  if (!existsSync(path)) return undefined;
  const known = new Set(readFileSync(path, 'utf8').split('\n'));
  return (call) => {
    const line = lineOf(call);
    if (known.has(line)) return;
    if (append(path, line)) known.add(line);
  };
};

const alwaysIn = (path: string): ((call: Call) => void) | undefined =>
  existsSync(path) ? (call) => void append(path, lineOf(call)) : undefined;

/** A call is not rejected because it cannot be recorded. */
const append = (path: string, line: string): boolean => {
  try {
    appendFileSync(path, `${line}\n`);
    return true;
  } catch {
    return false;
  }
};

const lineOf = ({ role, action, resource }: Call): string => JSON.stringify({ role, action, resource });
