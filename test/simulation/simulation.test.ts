import { describe, expect, it } from 'vitest';
import { defects } from './defects.ts';
import { type Outcome, runHistory } from './history.ts';
import { fair, type Weather } from './weather.ts';
import type { Defect } from './world.ts';

/** `SIMULATION_SEED=<seed>` replays one history; `SIMULATION_HISTORIES=<n>` plays so many. */
const only = process.env.SIMULATION_SEED;
const histories = Number(process.env.SIMULATION_HISTORIES ?? 800);

const weathers: readonly Weather[] = [
  { crashBefore: 0, crashAfter: 0, lose: 0, duplicate: 0.8, throttled: 0, sleepy: 0.04 },
  { crashBefore: 0.01, crashAfter: 0.02, lose: 0.05, duplicate: 0.2, throttled: 0.05, sleepy: 0.01 },
  { crashBefore: 0.05, crashAfter: 0.05, lose: 0.2, duplicate: 0.1, throttled: 0.3, sleepy: 0.02 },
  { crashBefore: 0, crashAfter: 0, lose: 1, duplicate: 0, throttled: 0.02, sleepy: 0 },
];

/** A history in which rows are mended in part, mended again and superseded. */
const crashSeed = 207;

const weatherOf = (seed: number): Weather => weathers[seed % weathers.length] as Weather;

const play = async (from: number, to: number, defect?: Defect, stopAtFirst = false): Promise<Outcome[]> => {
  const broken: Outcome[] = [];
  for (let seed = from; seed < to; seed++) {
    const outcome = await runHistory(seed, weatherOf(seed), defect);
    if (outcome.violations.length > 0) broken.push(outcome);
    if (broken.length > 0 && stopAtFirst) break;
  }
  return broken;
};

describe('the ledger under faults', () => {
  it(`brings every file to its end and counts every accepted row once, in ${only ? `history ${only}` : `${histories} histories`}`, async () => {
    const [from, to] = only ? [Number(only), Number(only) + 1] : [0, histories];
    const broken = await play(from, to, undefined, true);
    const told = broken.map(({ seed, violations }) => `SIMULATION_SEED=${seed}: ${violations.join('\n  ')}`);
    expect(told).toEqual([]);
  }, 600_000);

  it.each(['before', 'after'] as const)(
    'survives a crash %s every single port call',
    async (moment) => {
      const { calls } = await runHistory(crashSeed, fair);
      for (let call = 1; call <= calls; call++) {
        const { violations } = await runHistory(crashSeed, { ...fair, crashAt: { call, moment } });
        expect(violations, `call ${call}`).toEqual([]);
      }
    },
    600_000,
  );

  it.each(Object.entries(defects))(
    'notices what happens to those who %s',
    async (_, defect) => {
      const broken = await play(0, 400, defect, true);
      expect(broken.length).toBeGreaterThan(0);
    },
    300_000,
  );
});
