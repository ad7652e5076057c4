import { describe, expect, it } from 'vitest';
import { invalidStreams, wrongLines } from '../../../local/generate/invalid-streams.ts';
import { generateStreams } from '../../../local/generate/streams.ts';

const base = { rows: 5_000, days: 3, seed: 1, trackIds: ['4dBa8T7oDV9WvGr7kVS4Ez'], userIds: [7, 8] };
const linesOf = (blocks: Iterable<string>): string[] => [...blocks].join('').trimEnd().split('\n');
const validLine = /^\d+,[0-9A-Za-z]{22},2024-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

describe('generateStreams', () => {
  it('writes a header and exactly the rows asked for, also across blocks', () => {
    const lines = linesOf(generateStreams(base));
    expect(lines[0]).toBe('user_id,track_id,listen_time');
    expect(lines).toHaveLength(5_001);
    expect(lines.slice(1)).toSatisfy((rows: string[]) => rows.every((row) => validLine.test(row)));
  });

  it('spreads listens over the days asked for and no others', () => {
    const days = new Set(
      linesOf(generateStreams({ ...base, firstDay: '2024-02-28' }))
        .slice(1)
        .map((line) => line.slice(25, 35)),
    );
    expect([...days].sort()).toEqual(['2024-02-28', '2024-02-29', '2024-03-01']);
  });

  it('writes the same bytes for the same seed', () => {
    expect(linesOf(generateStreams(base))).toEqual(linesOf(generateStreams(base)));
    expect(linesOf(generateStreams(base))).not.toEqual(linesOf(generateStreams({ ...base, seed: 2 })));
  });
});

describe('invalidStreams', () => {
  it('is wrong on the stated lines and on no others', () => {
    const lines = invalidStreams(1).trimEnd().split('\n');
    const wrong = lines.flatMap((line, index) => (index > 0 && !isRight(line) ? [index + 1] : []));
    expect(lines).toHaveLength(151);
    expect(wrong).toEqual(wrongLines);
  });
});

const isRight = (line: string): boolean => validLine.test(line) && !line.includes('2024-02-30');
