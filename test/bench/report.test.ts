import { describe, expect, it } from 'vitest';
import { median } from '../../bench/median.ts';
import { asJson, asTable } from '../../bench/report.ts';
import { until } from '../../bench/until.ts';

describe('a measurement', () => {
  const measurement = { bench: 'latency', figures: { landings: 20, total_p50_ms: 1234.56 } };

  it('prints as one JSON object with the machine', () => {
    expect(JSON.parse(asJson(measurement))).toMatchObject({ ...measurement, node: process.versions.node });
  });

  it('prints as a table of its figures', () => {
    expect(asTable(measurement)).toMatch(/\| total_p50_ms \| +1,234\.6 \|$/);
  });
});

describe('median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
    [[10, 9], 9.5],
    [[], Number.NaN],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe('until', () => {
  it('answers as soon as there is an answer', async () => {
    let asked = 0;
    const answer = await until(async () => (++asked === 3 ? 'there' : undefined), {
      what: 'it',
      everyMs: 1,
      atMostMs: 1000,
    });
    expect([answer, asked]).toEqual(['there', 3]);
  });

  it('names what it waited for in vain', async () => {
    const never = until(async () => undefined, { what: 'Godot', everyMs: 1, atMostMs: 5 });
    await expect(never).rejects.toThrow('in vain for Godot');
  });
});
