import { createHash } from 'node:crypto';

/** The history of things as a plain program computes it: what the macro `history` has to say. */

/** A moment is a text, `2024-01-01 00:00:00.000000`, so that moments sort as texts. */
export type Observation = {
  readonly thing: string;
  readonly at: string;
  readonly landed_at: string;
  readonly landed_file: string;
  readonly values: readonly Value[];
  /** Values that are floats; they are part of no hash. */
  readonly floats?: readonly (number | null)[];
};

/** A boolean is not a text, because a missing one has a text of its own. */
type Value = string | null | { readonly boolean: boolean | null };

export type Version = {
  readonly thing: string;
  readonly values: readonly Value[];
  readonly floats?: readonly (number | null)[];
  readonly is_current: boolean;
  readonly valid_from: string;
  readonly valid_to: string;
};

const begin = '1900-01-01 00:00:00.000000';
const end = '9999-12-31 00:00:00.000000';

/** Each value after its length, and a hyphen for NULL; a boolean before a semicolon. */
export const textOf = (values: readonly Value[]): string =>
  values
    .map((value) => {
      if (value === null) return '-';
      if (typeof value === 'object') return `${value.boolean ?? ''};`;
      return `${[...value].length}:${value}`;
    })
    .join('');

const hashOf = (values: readonly Value[]): string => createHash('md5').update(textOf(values)).digest('hex');

const momentOf = ({ at }: Observation): string => (at < begin ? begin : at);

/** All that decides which of two observations of the same thing is the later one. */
const orderOf = (one: Observation): readonly (string | number)[] => [
  momentOf(one),
  one.at,
  one.landed_at,
  one.landed_file,
  hashOf(one.values),
  ...(one.floats ?? []).map((float) => float ?? Number.NEGATIVE_INFINITY),
];

const compare = (one: readonly (string | number)[], other: readonly (string | number)[]): number => {
  for (const [at, value] of one.entries()) {
    const against = other[at] ?? '';
    if (value !== against) return value < against ? -1 : 1;
  }
  return 0;
};

/** Versions of every thing. A thing that is not among the observations of a moment is gone then, if one of its files is a snapshot. */
export const historyOf = (
  observations: readonly Observation[],
  isSnapshot: (file: string) => boolean = () => false,
): readonly Version[] => {
  const moments = [...new Set(observations.map(momentOf))].sort();
  const snapshots = new Set(observations.filter(({ landed_file }) => isSnapshot(landed_file)).map(momentOf));
  const things = new Map<string, Observation[]>();
  for (const observation of observations)
    things.set(observation.thing, [...(things.get(observation.thing) ?? []), observation]);
  return [...things].flatMap(([thing, own]) => {
    const said = new Map<string, Values>();
    for (const one of own.sort((a, b) => compare(orderOf(a), orderOf(b))))
      said.set(momentOf(one), { values: one.values, ...(one.floats && { floats: one.floats }) });
    const first = [...said.keys()].sort()[0] ?? '';
    return versionsOf(
      thing,
      moments
        .filter((moment) => moment >= first && (snapshots.has(moment) || said.has(moment)))
        .map((moment) => ({ moment, said: said.get(moment) })),
    );
  });
};

type Values = Pick<Observation, 'values' | 'floats'>;
type Said = { readonly moment: string; readonly said: Values | undefined };

const versionsOf = (thing: string, all: readonly Said[]): Version[] => {
  const changes = all.filter(
    ({ said }, at) => at === 0 || JSON.stringify(said) !== JSON.stringify(all[at - 1]?.said),
  );
  return changes.flatMap(({ moment, said }, at) => {
    const next = changes[at + 1]?.moment;
    return said === undefined
      ? []
      : {
          thing,
          ...said,
          is_current: next === undefined,
          valid_from: at === 0 ? begin : moment,
          valid_to: next ?? end,
        };
  });
};

/** The file has the name that a pull gives. */
export const isPulled = (file: string, dataset: string): boolean =>
  new RegExp(`^data/${dataset}/${dataset}-\\d{4}-\\d\\d-\\d\\d-\\d{4}-\\d\\d-\\d\\d-`).test(file);
