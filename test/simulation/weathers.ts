import { type Outcome, runHistory } from './history.ts';
import type { Weather } from './weather.ts';
import type { Defect } from './world.ts';

const weathers: readonly Omit<Weather, 'interval'>[] = [
  { crashBefore: 0, crashAfter: 0, lose: 0, duplicate: 0.8, throttled: 0, sleepy: 0.04, hasty: 0.1 },
  {
    crashBefore: 0.01,
    crashAfter: 0.02,
    lose: 0.05,
    duplicate: 0.2,
    throttled: 0.05,
    sleepy: 0.01,
    hasty: 0.3,
  },
  {
    crashBefore: 0.05,
    crashAfter: 0.05,
    lose: 0.2,
    duplicate: 0.1,
    throttled: 0.3,
    sleepy: 0.02,
    hasty: 0.1,
  },
  { crashBefore: 0, crashAfter: 0, lose: 1, duplicate: 0, throttled: 0.02, sleepy: 0, hasty: 0.3 },
];

/** In half of the histories rebuilds of a mart begin at least five minutes apart. */
const weatherOf = (seed: number): Weather => {
  const number = weathers.length;
  const interval = seed % (2 * number) < number ? 0 : 300_000;
  return { ...(weathers[seed % number] as Weather), interval };
};

/** Plays the histories of these seeds until one is broken, each in the weather of its seed; gives that one. */
export const firstBroken = async (
  from: number,
  to: number,
  defect?: Defect,
): Promise<Outcome | undefined> => {
  for (let seed = from; seed < to; seed++) {
    const outcome = await runHistory(seed, weatherOf(seed), defect);
    if (outcome.violations.length > 0) return outcome;
  }
  return undefined;
};
