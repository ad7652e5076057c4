import { describe, expect, it } from 'vitest';
import { halfUp } from './decimals.ts';

describe('halfUp', () => {
  it.each([
    [10, 4, 2, 2.5],
    [1, 3, 2, 0.33],
    [2, 3, 2, 0.67],
    [1, 8, 2, 0.13],
    [1, 200, 2, 0.01],
    [67, 200, 2, 0.34],
    [1005, 1000, 2, 1.01],
    [-1, 8, 2, -0.13],
    [0, 7, 2, 0],
    [7, 7, 4, 1],
    [9_007_199_254_740_991, 2, 2, 4_503_599_627_370_495.5],
    [5, 2, 0, 3],
  ])('rounds %d / %d to %d decimals as %d', (numerator, denominator, places, expected) => {
    expect(halfUp(numerator, denominator, places)).toBe(expected);
  });

  it('throws for a division by zero', () => {
    expect(() => halfUp(1, 0, 2)).toThrow(RangeError);
  });
});
