import { describe, expect, test } from 'vitest';
import { isOver } from '../../../../functions/pipeline/records/time.ts';

const at = (seconds: number): string => new Date(Date.UTC(2024, 5, 25) + seconds * 1_000).toISOString();
const isOverAt = (moment: number | undefined, now: number): boolean =>
  isOver(moment === undefined ? undefined : at(moment), 30_000, at(now));

describe('a time that is over', () => {
  test.each([
    ['the moment has only just been', 0, 30, false],
    ['the moment was longer ago', 0, 31, true],
    ['there was no moment', undefined, 0, true],
    ['a clock was set back a little since', 20, 0, false],
    ['the moment is in a future that no clock was to show', 86_400, 0, true],
  ])('when %s: %s seconds, seen at %s: %s', (_, moment, now, expected) => {
    expect(isOverAt(moment, now)).toBe(expected);
  });
});
