import { describe, expect, it } from 'vitest';
import type { Pulled } from '../../functions/pipeline/ports.ts';
import { type PullDefect, runPulls } from './pulls.ts';
import { fair } from './weather.ts';

const histories = Number(process.env.SIMULATION_HISTORIES ?? 600);
const bad = { ...fair, crashBefore: 0.02, crashAfter: 0.02, sleepy: 0.02 };

const reads = new Set(['get', 'query', 'versionsOf', 'open']);

/** The end of what was said so far, whatever ended it. */
async function* asFarAsItWent(pages: Pulled['pages']): Pulled['pages'] {
  try {
    yield* pages;
  } catch {}
}

describe('pulls', () => {
  it('land all that a source holds, whole, and nothing twice, whatever happens to those who pull', async () => {
    let landed = 0;
    for (let seed = 1; seed <= histories; seed++) {
      const outcome = await runPulls(seed, bad);
      expect([seed, outcome.violations]).toEqual([seed, []]);
      landed += outcome.landed;
    }
    expect(landed).toBeGreaterThan(2 * histories);
  });

  it('survive a crash before and after every port call, of reads every fourth', async () => {
    const { calls } = await runPulls(1, fair);
    expect(calls.length).toBeGreaterThan(100);
    for (const moment of ['before', 'after'] as const)
      for (let call = 1; call <= calls.length; call++) {
        if (reads.has(calls[call - 1] ?? '') && call % 4 > 0) continue;
        const { violations } = await runPulls(1, { ...fair, crashAt: { call, moment } });
        expect([moment, call, calls[call - 1], violations]).toEqual([moment, call, calls[call - 1], []]);
      }
  });

  it.each<[string, PullDefect]>([
    [
      'move records that somebody else has moved',
      { items: (items) => ({ ...items, update: (key, _expected, patch) => items.update(key, {}, patch) }) },
    ],
    [
      'take a broken answer for the whole',
      {
        sources: ({ open }) => ({
          open: async (...asked) => {
            const opened = await open(...asked);
            return { ...opened, pages: asFarAsItWent(opened.pages) };
          },
        }),
      },
    ],
    [
      'forget what landed last',
      {
        items: (items) => ({
          ...items,
          update: (key, expected, patch) =>
            items.update(
              key,
              expected,
              'content' in patch
                ? { ...patch, content: { ...(patch.content as object), sha256: '' } }
                : patch,
            ),
        }),
      },
    ],
  ])('notices those who %s', async (_, defect) => {
    const violations: string[] = [];
    for (let seed = 1; seed <= 100 && violations.length === 0; seed++)
      violations.push(...(await runPulls(seed, bad, defect)).violations);
    expect(violations).not.toEqual([]);
  });
});
