import { csvLine } from './csv-line.ts';
import { type Random, randomAt, seededRandom } from './random.ts';
import { countries, firstNames, lastNames } from './words.ts';

/** Columns of the `listeners` dataset, in the order of the source. */
export const listenerColumns = ['user_id', 'user_name', 'user_age', 'user_country', 'created_at'];

type ListenersOptions = {
  /** How many listeners; the real file has 50,000. */
  readonly count: number;
  readonly seed: number;
  /** Ids that must be among them; the rest up to `count` is numbered from 1. */
  readonly userIds?: readonly number[];
};

const firstDay = Date.UTC(2024, 0, 1);
const dayMs = 86_400_000;

/**
 * Generates listeners as CSV lines, header first, ordered by id. Accounts are opened throughout 2024, so that half of the
 * listens of a day in June are before their listener's `created_at`, as in the real files.
 */
export function* generateListeners({ count, seed, userIds = [] }: ListenersOptions): Generator<string> {
  const random = seededRandom(seed);
  yield csvLine(listenerColumns);
  for (const userId of fillUp(userIds, count)) yield csvLine(fieldsOf(random, userId));
}

/** Generates the line of one listener; ids count from 1. */
export const listenerAt = (seed: number, number: number): string =>
  csvLine(fieldsOf(randomAt(seed, 'listener', number), number + 1));

const fieldsOf = (random: Random, userId: number): (string | number)[] => {
  const name = `${random.pick(firstNames)} ${random.pick(lastNames)}`;
  const createdAt = new Date(firstDay + random.below(366) * dayMs).toISOString().slice(0, 10);
  return [userId, name, random.between(18, 69), random.pick(countries), createdAt];
};

const fillUp = (userIds: readonly number[], count: number): number[] => {
  const ids = new Set(userIds);
  for (let id = 1; ids.size < count; id++) ids.add(id);
  return [...ids].sort((left, right) => left - right);
};
