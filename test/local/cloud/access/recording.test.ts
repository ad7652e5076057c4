import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRecording } from '../../../../local/cloud/access/recording.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'recording-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const call = { role: 'SweepRole', action: 's3:ListBucket', resource: 'arn:aws:s3:::lake' };
const linesOf = (file: string) => readFileSync(join(state, file), 'utf8').trim().split('\n');

test('nothing is recorded unless a file asks for it', () => {
  expect(openRecording(state)).toBeUndefined();
});

test('calls are recorded once, or as often as they happen', () => {
  for (const file of ['calls.jsonl', 'all-calls.jsonl']) writeFileSync(join(state, file), '');
  const record = openRecording(state);
  for (const _ of [1, 2, 3]) record?.(call);
  expect(linesOf('calls.jsonl').map((line) => JSON.parse(line))).toEqual([call]);
  expect(linesOf('all-calls.jsonl').map((line) => JSON.parse(line))).toEqual([call, call, call]);
});
