import { createHash } from 'node:crypto';

/** The history of things as a plain program computes it: what the macro `history` has to say. */

/** A moment is a text, `2024-01-01 00:00:00.000000`, so that moments sort as texts. */
export type Observation = {
  readonly thing: string;
  readonly at: string;
  readonly landed_at: string;
  readonly landed_file: string;
  readonly values: readonly (string | null)[];
};

export type Version = {
  readonly thing: string;
  readonly values: readonly (string | null)[];
  readonly is_current: boolean;
  readonly valid_from: string;
  readonly valid_to: string;
};

const begin = '1900-01-01 00:00:00.000000';
const end = '9999-12-31 00:00:00.000000';

/** Each value after its length, and a hyphen for NULL. */
export const textOf = (values: readonly (string | null)[]): string =>
  values.map((value) => (value === null ? '-' : `${[...value].length}:${value}`)).join('');

const hashOf = (values: readonly (string | null)[]): string =>
  createHash('md5').update(textOf(values)).digest('hex');

const momentOf = ({ at }: Observation): string => (at < begin ? begin : at);

/** All that decides which of two observations of the same thing is the later one. */
const orderOf = (one: Observation): readonly string[] => [
  momentOf(one),
  one.at,
  one.landed_at,
  one.landed_file,
  hashOf(one.values),
];

const compare = (one: readonly string[], other: readonly string[]): number => {
  for (const [at, value] of one.entries()) {
    const against = other[at] ?? '';
    if (value !== against) return value < against ? -1 : 1;
  }
  return 0;
};

/** Versions of every thing; with `snapshots`, a thing that is not among the observations of a moment is gone then. */
export const historyOf = (
  observations: readonly Observation[],
  { snapshots = false } = {},
): readonly Version[] => {
  const moments = [...new Set(observations.map(momentOf))].sort();
  const things = new Map<string, Observation[]>();
  for (const observation of observations)
    things.set(observation.thing, [...(things.get(observation.thing) ?? []), observation]);
  return [...things].flatMap(([thing, own]) => {
    const said = new Map<string, readonly (string | null)[]>();
    for (const one of own.sort((a, b) => compare(orderOf(a), orderOf(b))))
      said.set(momentOf(one), one.values);
    const first = [...said.keys()].sort()[0] ?? '';
    return versionsOf(
      thing,
      moments
        .filter((moment) => moment >= first && (snapshots || said.has(moment)))
        .map((moment) => ({ moment, values: said.get(moment) })),
    );
  });
};

type Said = { readonly moment: string; readonly values: readonly (string | null)[] | undefined };

const versionsOf = (thing: string, all: readonly Said[]): Version[] => {
  const changes = all.filter(
    ({ values }, at) => at === 0 || JSON.stringify(values) !== JSON.stringify(all[at - 1]?.values),
  );
  return changes.flatMap(({ moment, values }, at) => {
    const next = changes[at + 1]?.moment;
    return values === undefined
      ? []
      : {
          thing,
          values,
          is_current: next === undefined,
          valid_from: at === 0 ? begin : moment,
          valid_to: next ?? end,
        };
  });
};
