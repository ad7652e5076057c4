import { describe, expect, test } from 'vitest';
import { chaoticFates, parseChaos } from '../../../../local/cloud/events/chaos.ts';

const draw = (text: string, times: number) => {
  const fate = chaoticFates(parseChaos(text));
  return Array.from({ length: times }, () => fate());
};

describe('parseChaos', () => {
  test('reads every setting and leaves out what is not named', () => {
    expect(parseChaos('dup=0.3,lose=0.05,delay=2s,seed=7')).toEqual({
      duplicate: 0.3,
      lose: 0.05,
      delay: 2000,
      seed: 7,
    });
    expect(parseChaos('delay=250ms')).toEqual({ duplicate: 0, lose: 0, delay: 250, seed: 0 });
  });

  test.each([
    ['boom=1', /settings of chaos are dup/],
    ['dup=2', /between 0 and 1/],
    ['lose=', /between 0 and 1/],
    ['delay=soon', /duration/],
    ['seed=x', /whole number/],
  ])('rejects %s', (text, message) => {
    expect(() => parseChaos(text)).toThrow(message);
  });
});

describe('chaoticFates', () => {
  test('gives the same fates for the same seed and others for another', () => {
    expect(draw('dup=0.3,lose=0.2,delay=2s,seed=7', 50)).toEqual(
      draw('dup=0.3,lose=0.2,delay=2s,seed=7', 50),
    );
    expect(draw('dup=0.3,lose=0.2,delay=2s,seed=7', 50)).not.toEqual(
      draw('dup=0.3,lose=0.2,delay=2s,seed=8', 50),
    );
  });

  test('loses, doubles and delays in about the given shares', () => {
    const fates = draw('dup=0.3,lose=0.1,delay=2s,seed=7', 10_000);
    const lost = fates.filter((fate) => fate.length === 0).length / 10_000;
    const doubled = fates.filter((fate) => fate.length === 2).length / 9_000;
    expect(lost).toBeCloseTo(0.1, 1);
    expect(doubled).toBeCloseTo(0.3, 1);
    expect(Math.max(...fates.flat())).toBeLessThanOrEqual(2000);
    expect(Math.max(...fates.flat())).toBeGreaterThan(1900);
  });

  test('of nothing deliver once, at once', () => {
    expect(draw('seed=1', 3)).toEqual([[0], [0], [0]]);
  });
});
