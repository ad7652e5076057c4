import { pathProblem } from '../../functions/validation/index.ts';

/** A column or a place in records that no field takes, and why, in words that follow its name. */
export type Unnamed = { readonly name: string; readonly why: string };

const longestSource = 1000;

/** Why no field can be taken from a column of this name; undefined where one can. */
export const sourceProblem = (name: string): string | undefined => {
  if (name.length > longestSource) return `has a name of more than ${longestSource} characters`;
  return /\p{Surrogate}/u.test(name) ? 'holds half of a character (a lone surrogate) in its name' : undefined;
};

/** Why no field can be taken from a path of records; undefined where one can. */
export const placeProblem = (path: string): string | undefined => {
  const isNested = path.indexOf('[]') !== path.lastIndexOf('[]');
  return isNested ? 'goes through more than one array' : (sourceProblem(path) ?? pathProblem(path));
};

/** Why a key, which may stand for several in one another, can be no part of a path; undefined where it can. */
export const keyProblem = (key: string): string | undefined => {
  if (key === '') return 'is a key without a name';
  if (/[[\]]/.test(key)) return 'has brackets in its name, which mark arrays';
  return key.includes('.') && key.split('.').includes('')
    ? 'has a point in its name with nothing before or behind it'
    : undefined;
};

/** A key as it is shown behind what it lies in: one that is empty or has blanks at its ends in quotes. */
export const shownKey = (key: string): string =>
  key === key.trim() && key !== '' ? key : JSON.stringify(key);

/** A path that some records have, and what speaks for taking a field from it rather than from another. */
export type Candidate = {
  readonly path: string;
  readonly values: number;
  /** A key with points in its name stands for some of its steps. */
  readonly isDotted: boolean;
};

/**
 * Tells which paths fields can be taken from side by side, and why not from the others: one goes on where another one
 * ends, is an array where the other is none, or differs from it in case alone. What has more values is taken; before keys with
 * points in their names, which records may have besides, all others are.
 */
export const apartPaths = (candidates: readonly Candidate[]): readonly Unnamed[] => {
  const taken = new Map<string, { readonly step: string; readonly path: string }>();
  const preferred = [...candidates].sort(
    (one, other) => Number(one.isDotted) - Number(other.isDotted) || other.values - one.values,
  );
  return preferred.flatMap(({ path }): Unnamed[] => {
    const places = placesOf(path);
    for (const { place, step } of places) {
      const known = taken.get(place);
      if (known && known.step !== step) return [{ name: path, why: besideWhy(step, known) }];
    }
    for (const { place, step } of places) if (!taken.has(place)) taken.set(place, { step, path });
    return [];
  });
};

const besideWhy = (step: string, { step: other, path }: { step: string; path: string }): string =>
  step.toLowerCase() === other.toLowerCase()
    ? `differs from ${path} in upper and lower case alone`
    : `cannot stand beside ${path}`;

/** Each place on the way, without case and arrays, and how it is written there; the last one ends. */
const placesOf = (path: string): readonly { readonly place: string; readonly step: string }[] => {
  const steps = path.split('.');
  return steps.map((_, at) => {
    const written = steps.slice(0, at + 1).join('.');
    const place = written.replaceAll('[]', '').toLowerCase();
    return { place, step: at === steps.length - 1 ? `${written} ends` : written };
  });
};
