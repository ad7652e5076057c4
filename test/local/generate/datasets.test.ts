import { describe, expect, it } from 'vitest';
import { generatedDatasets, generateText } from '../../../local/generate/datasets.ts';

const textOf = (name: string, rows: number, seed = 1): string => {
  const dataset = generatedDatasets[name];
  if (!dataset) throw new Error(`no ${name}`);
  return [...generateText(dataset, rows, seed)].map(({ text }) => text).join('');
};

describe.each(Object.entries(generatedDatasets))('a file of %s', (name, { header }) => {
  it('has its header and as many lines as asked, also across blocks and without any', () => {
    for (const rows of [0, 1, 2_500]) {
      const text = textOf(name, rows);
      expect(text.startsWith(header)).toBe(true);
      expect(text.slice(header.length).split('\n')).toHaveLength(rows + 1);
    }
  });

  it('begins with the shorter file of the same seed, and differs from another seed', () => {
    const text = textOf(name, 1_500);
    expect(text.startsWith(textOf(name, 400))).toBe(true);
    expect(textOf(name, 1_500)).toBe(text);
    expect(textOf(name, 1_500, 2)).not.toBe(text);
  });
});

describe('generateText', () => {
  it('comes in blocks of bounded size that count their rows', () => {
    const { sessions } = generatedDatasets;
    const blocks = sessions ? [...generateText(sessions, 1_000, 1)] : [];
    expect(blocks.length).toBeGreaterThan(10);
    expect(Math.max(...blocks.map(({ text }) => text.length))).toBeLessThan(80_000);
    let rows = 0;
    for (const block of blocks) {
      rows += block.text.split('\n').length - 1;
      expect(block.rows).toBe(rows);
    }
    expect(rows).toBe(1_000);
  });

  it('plays a few tracks far more often than others', () => {
    const counts = new Map<string, number>();
    for (const line of textOf('streams', 20_000).split('\n').slice(1)) {
      const track = line.split(',')[1] ?? '';
      counts.set(track, (counts.get(track) ?? 0) + 1);
    }
    const [most = 0, second = 0] = [...counts.values()].sort((one, other) => other - one);
    const firstTrack = textOf('tracks', 1).split('\n')[1]?.split(',')[1] ?? '';
    expect(counts.get(firstTrack)).toBe(most);
    expect(most / second).toBeGreaterThan(1.4);
  });
});
