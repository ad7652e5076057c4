import { expect, test } from 'vitest';
import { pullProgress } from '../../../cli/pull/progress.ts';
import type { PullRecord } from '../../../functions/pipeline/records/pull.ts';

const asked = {
  ...{ source: 'users', from: '2024-01-01', to: '2024-01-31', rev: 3, attempt: 2, tries: 0 },
  asked_at: '2024-02-01T03:00:00Z',
};
const toldOf = (pull: PullRecord): string => {
  const told: string[] = [];
  const output = { write: (text: string | Uint8Array) => told.push(String(text)) > 0 };
  pullProgress(output, Date.parse('2024-02-01T03:00:05Z'))(pull);
  return told.join('').replace(/^ *-?[\d.]+ s/, '0 s');
};

test('a window is told by its state', () => {
  expect(toldOf({ ...asked, state: 'asked' })).toBe('0 s  users 2024-01-01 to 2024-01-31  asked\n');
  expect(toldOf({ ...asked, state: 'pulling', started_at: '2024-02-01T03:00:06.000Z' })).toBe(
    '0 s  users 2024-01-01 to 2024-01-31  pulling\n',
  );
});

test('a window at which another process is at work says when that one counts as dead', () => {
  expect(toldOf({ ...asked, state: 'pulling', started_at: '2024-02-01T03:00:04.000Z' })).toBe(
    '0 s  users 2024-01-01 to 2024-01-31  is being pulled since 2024-02-01T03:00:04.000Z; if that process has died, the sweep starts it again after 2024-02-01T03:15:34.000Z\n',
  );
});
