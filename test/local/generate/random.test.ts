import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../local/generate/random.ts';

describe('seededRandom', () => {
  it('gives the same choices for the same seed and others for another', () => {
    const choices = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => random.below(1000));
    };
    expect(choices(7)).toEqual(choices(7));
    expect(choices(7)).not.toEqual(choices(8));
  });

  it('keeps within its bounds and reaches both ends', () => {
    const random = seededRandom(1);
    const drawn = new Set(Array.from({ length: 500 }, () => random.between(3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
  });

  it('spreads its choices evenly', () => {
    const random = seededRandom(2);
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw++) {
      const choice = random.below(10);
      counts[choice] = (counts[choice] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(9_000);
    expect(Math.max(...counts)).toBeLessThan(11_000);
  });

  it('throws for an empty list', () => {
    expect(() => seededRandom(1).pick([])).toThrow(RangeError);
  });
});
