import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { pullDocument, pullLines } from '../../../cli/output/pull-lines.ts';
import type { PulledContent, PullRecord } from '../../../functions/pipeline/records/pull.ts';

const asked = {
  ...{ source: 'users', from: '2024-01-01', to: '2024-01-31', rev: 3, attempt: 2, tries: 0 },
  asked_at: '2024-02-01T03:00:00Z',
};
const content: PulledContent = {
  ...{ sha256: 'a1', records: 1083, observed_at: '2024-02-01T03:00:00Z' },
  key: 'data/users/users-2024-01-01-2024-01-31-2.jsonl',
};
const at = '2024-02-01T03:00:01Z';
const again = 'npx soundcheck pull users --from 2024-01-01 --to 2024-01-31';

test.each<[string, PullRecord, string[]]>([
  [
    'landed',
    { ...asked, state: 'landed', content, checked_at: at },
    ['1,083 records in data/users/users-2024-01-01-2024-01-31-2.jsonl'],
  ],
  [
    'unchanged',
    { ...asked, attempt: 3, state: 'landed', content, checked_at: at },
    ['1,083 records in data/users/users-2024-01-01-2024-01-31-2.jsonl, the same as before'],
  ],
  [
    'empty',
    { ...asked, state: 'landed', content: { ...content, records: 0 }, checked_at: at },
    ['the source has no records'],
  ],
  [
    'failed',
    { ...asked, state: 'failed', failed_at: at, reason: 'no answer', retry_at: '2024-02-01T03:01:01Z' },
    [
      'failed: no answer; the next try is at 2024-02-01T03:01:01Z',
      `  next: correct the source or rules/users/source.json, then ${again}`,
    ],
  ],
  [
    'given up',
    { ...asked, state: 'failed', failed_at: at, reason: 'no answer', tries: 16 },
    [
      'failed: no answer; given up after 16 failures',
      `  next: correct the source or rules/users/source.json, then ${again}`,
    ],
  ],
  [
    'being pulled',
    { ...asked, state: 'pulling', started_at: '2024-02-01T03:00:01.000Z' },
    [
      'is being pulled since 2024-02-01T03:00:01.000Z; if that process has died, the sweep starts it again after 2024-02-01T03:15:31.000Z',
    ],
  ],
  [
    'parked',
    { ...asked, state: 'parked', parked_at: at, reason: 'it is another server' },
    ['parked: it is another server', `  next: if that is right, ${again} --confirm`],
  ],
])('says that a pull is %s, and what to do', (_, pull, [first, ...others]) => {
  const lines = pullLines(pull).map(stripVTControlCharacters);
  expect(lines).toEqual([`users 2024-01-01 to 2024-01-31: ${first}`, ...others]);
  expect(pullDocument(pull)).toMatchObject({ source: 'users', state: pull.state });
});
