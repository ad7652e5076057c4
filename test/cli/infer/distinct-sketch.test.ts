import { describe, expect, it } from 'vitest';
import { DistinctSketch, textHash } from '../../../cli/infer/distinct-sketch.ts';

const sketchOf = (texts: Iterable<string>): DistinctSketch => {
  const sketch = new DistinctSketch();
  for (const text of texts) sketch.add(text);
  return sketch;
};

function* numbered(count: number, from = 0): Generator<string> {
  for (let at = from; at < from + count; at++) yield `text ${at}`;
}

describe('a sketch of different texts', () => {
  it('is exact while they are few', () => {
    expect(sketchOf(numbered(16_384))).toMatchObject({ distinct: 16_384, repeats: 0 });
    expect(sketchOf([...numbered(100), 'text 7'])).toMatchObject({ distinct: 100, repeats: 1 });
  });

  it('estimates how many there are, and sees repeats of its sample', () => {
    const sketch = sketchOf(numbered(300_000));
    expect(sketch.repeats).toBe(0);
    expect(Math.abs(sketch.distinct / 300_000 - 1)).toBeLessThan(0.05);
    for (const text of numbered(30_000, 100_000)) sketch.add(text);
    expect(sketch.repeats).toBeGreaterThan(300);
  });

  it('hashes texts that are nearly alike far apart', () => {
    const texts = [...numbered(100_000), ...['a', 'aa', 'aaa', '\u0000', '\u0000\u0000', 'ä', 'b\u0000', '']];
    expect(new Set(texts.map(textHash)).size).toBe(texts.length);
  });
});
