import { type Random, randomAt } from './random.ts';

/** What the shop's records depend on besides their number. */
export type Shop = {
  readonly seed: number;
  /** How many users buy; default: 5,000. */
  readonly users?: number;
  /** How many songs are for sale; default: 10,000. */
  readonly songs?: number;
};

export const shopSize = { users: 5_000, sessions: 100_000, songs: 10_000 } as const;

/** A month in which nobody opened an account or bought anything. */
export const emptyMonth = '2020-08';
/** A month in which nobody liked a song. */
export const monthWithoutLikes = '2020-03';

/** A version 4 UUID. */
export const uuid = (random: Random): string => {
  const [one, two, three, four] = [word(random), word(random), word(random), word(random)];
  const variant = '89ab'.charAt(random.below(4));
  return `${one}-${two.slice(0, 4)}-4${two.slice(5)}-${variant}${three.slice(1, 4)}-${three.slice(4)}${four}`;
};

const word = (random: Random): string => hex(random.below(2 ** 32), 8);

/** A number of at most 32 bits as so many hexadecimal digits. */
export const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

const dayMs = 86_400_000;
const firstDay = Date.UTC(2020, 1, 1) / dayMs;
const lastDay = Date.UTC(2024, 11, 31) / dayMs;
const closedFrom = Date.parse(emptyMonth) / dayMs;
const closedDays = 31;

/** A moment from February 2020 to December 2024, later ones more often, as of a shop that grows; none in the empty month. */
export const momentOf = (random: Random): number => {
  const days = lastDay - firstDay + 1 - closedDays;
  const day = firstDay + Math.floor(random.fraction() ** 0.7 * days);
  return (day < closedFrom ? day : day + closedDays) * dayMs + random.below(dayMs);
};

/** ISO 8601 with microseconds and without a zone, as the API writes it: UTC. */
export const isoMicros = (time: number, random: Random): string =>
  `${new Date(time).toISOString().slice(0, 23)}${String(random.below(1_000)).padStart(3, '0')}`;

/** A number from 0 to `count` - 1 of which the first is chosen most often: Zipf's law with exponent 1. */
export const zipf = (random: Random, count: number): number =>
  Math.min(count, Math.floor((count + 1) ** random.fraction())) - 1;

/** The choices of a record of the shop. */
export const recordOf = ({ seed }: Shop, dataset: string, number: number): Random =>
  randomAt(seed, `shop ${dataset}`, number);
