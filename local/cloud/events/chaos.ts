/** Disturbances of event delivery, worse than on AWS: shares from 0 to 1, the longest delay in milliseconds. */
export type Chaos = {
  readonly duplicate: number;
  readonly lose: number;
  readonly delay: number;
  readonly seed: number;
};

/** Delays in milliseconds, one per delivery of an event to a target; empty if the event is lost. */
export type Fate = () => readonly number[];

/** An event is delivered once, at once. */
export const calm: Fate = () => [0];

/**
 * Reads `dup=0.3,lose=0.05,delay=2s,seed=7`; a missing setting is 0. Delays are `2s`, `250ms` or plain milliseconds. Throws an
 * error that names the wrong setting.
 */
export const parseChaos = (text: string): Chaos => {
  const chaos = { duplicate: 0, lose: 0, delay: 0, seed: 0 };
  for (const setting of text.split(',').filter((part) => part.trim() !== '')) {
    const [name = '', value = ''] = setting.split('=').map((part) => part.trim());
    const read = settings[name];
    if (!read)
      throw new Error(`The settings of chaos are dup, lose, delay and seed, not ${JSON.stringify(setting)}`);
    Object.assign(chaos, read(value, setting));
  }
  return chaos;
};

const settings: Readonly<Record<string, (value: string, setting: string) => Partial<Chaos>>> = {
  dup: (value, setting) => ({ duplicate: share(value, setting) }),
  lose: (value, setting) => ({ lose: share(value, setting) }),
  delay: (value, setting) => ({ delay: parseDuration(value, setting) }),
  seed: (value, setting) => {
    if (!/^\d+$/.test(value)) throw new Error(`A seed must be a whole number: ${setting}`);
    return { seed: Number(value) };
  },
};

const share = (value: string, setting: string): number => {
  const number = Number(value);
  if (value === '' || !(number >= 0 && number <= 1))
    throw new Error(`A share must be between 0 and 1: ${setting}`);
  return number;
};

/** Milliseconds of `2s`, `250ms`, `1m` or `40`; throws an error with the text `setting` for other texts. */
export const parseDuration = (value: string, setting = value): number => {
  const [, amount, unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(value) ?? [];
  if (amount === undefined) throw new Error(`A duration must look like 2s or 250ms: ${setting}`);
  return Number(amount) * (unit === 'm' ? 60_000 : unit === 's' ? 1_000 : 1);
};

/** Chooses the deliveries of events at random: the same seed gives the same sequence. */
export const chaoticFates = ({ duplicate, lose, delay, seed }: Chaos): Fate => {
  const random = randomNumbers(seed);
  return () => {
    const [isLost, isDoubled, first, second] = [random() < lose, random() < duplicate, random(), random()];
    if (isLost) return [];
    return (isDoubled ? [first, second] : [first]).map((draw) => Math.round(draw * delay));
  };
};

/** Uniform numbers in [0, 1): the generator mulberry32. */
const randomNumbers = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
