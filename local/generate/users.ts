import { isoMicros, momentOf, recordOf, type Shop, uuid } from './shop.ts';
import { firstNames, lastNames, places } from './words.ts';

/** A user as the API answers it. */
export type User = {
  readonly user_id: string;
  readonly user_name: string;
  readonly user_lastname: string;
  readonly user_location: readonly (string | null)[] | null;
  readonly user_since: string;
};

/** Users with an odd location, by number: none, without the place's name, and without the last element. */
const oddLocations: Readonly<Record<number, (location: readonly string[]) => User['user_location']>> = {
  1: () => null,
  2: (location) => location.map((element, index) => (index === 2 ? null : element)),
  3: (location) => location.slice(0, 4),
};

/**
 * Generates the user of a number. In each later edition of the shop, a tenth of the users have moved or have another last name
 * since the edition before.
 */
export const userAt = (shop: Shop, number: number, edition = 0): User => {
  const random = recordOf(shop, 'user', number);
  const since = momentOf(random);
  const user_id = uuid(random);
  const user_since = isoMicros(since, random);
  const user_name = random.pick(firstNames);
  let user_lastname = random.pick(lastNames);
  let location = random.pick(places);
  for (let later = 1; later <= edition; later++) {
    const change = recordOf(shop, `user, edition ${later}`, number);
    if (!change.chance(0.1)) continue;
    if (change.chance(0.5)) user_lastname = change.pick(lastNames);
    else location = change.pick(places);
  }
  const odd = oddLocations[number];
  return { user_id, user_name, user_lastname, user_location: odd ? odd(location) : location, user_since };
};

/** The id of a user, without the rest. */
export const userIdAt = (shop: Shop, number: number): string => {
  const random = recordOf(shop, 'user', number);
  momentOf(random);
  return uuid(random);
};

/** The moment at which an account was opened, in epoch milliseconds, without the rest. */
export const userTimeAt = (shop: Shop, number: number): number => momentOf(recordOf(shop, 'user', number));
