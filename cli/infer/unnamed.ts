import { pathProblem } from '../../functions/validation/index.ts';

/** A column or a place in records that no field can read, and why, in words that follow its name. */
export type Unnamed = { readonly name: string; readonly why: string };

const longestSource = 1000;

/** Why no field can read a column of this name; undefined if one can. */
export const sourceProblem = (name: string): string | undefined => {
  if (name.length > longestSource) return `has a name of more than ${longestSource} characters`;
  return /\p{Surrogate}/u.test(name) ? 'holds half of a character (a lone surrogate) in its name' : undefined;
};

/** Why no field can read this path of records; undefined if one can. */
export const placeProblem = (path: string): string | undefined => {
  const isNested = path.indexOf('[]') !== path.lastIndexOf('[]');
  return isNested ? 'goes through more than one array' : (sourceProblem(path) ?? pathProblem(path));
};

/** Why a key, which may stand for several nested ones, cannot be part of a path; undefined if it can. */
export const keyProblem = (key: string): string | undefined => {
  if (key === '') return 'is a key without a name';
  if (/[[\]]/.test(key)) return 'has brackets in its name, which mark arrays';
  return key.includes('.') && key.split('.').includes('')
    ? 'has a point at the start or the end of its name, or two points in a row'
    : undefined;
};

/** The name of a key in messages; quoted if it is empty or has blanks at its ends. */
export const shownKey = (key: string): string =>
  key === key.trim() && key !== '' ? key : JSON.stringify(key);

/** A path that some records have, and the facts that decide whether a field reads it or another one. */
export type Candidate = {
  readonly path: string;
  readonly values: number;
  /** A key with points in its name stands for some of its steps. */
  readonly isDotted: boolean;
};

/**
 * Decides which paths fields can read together, and why not for the others: two paths conflict if one continues where the other
 * ends, is an array where the other is not, or differs from it only in case. The path with more values wins; keys with points
 * in their names come after all others.
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
    ? `differs from ${path} only in upper and lower case`
    : `cannot be used together with ${path}`;

/** Each place on a path, without case and arrays, and how it is written there; the last one ends the path. */
const placesOf = (path: string): readonly { readonly place: string; readonly step: string }[] => {
  const steps = path.split('.');
  return steps.map((_, at) => {
    const written = steps.slice(0, at + 1).join('.');
    const place = written.replaceAll('[]', '').toLowerCase();
    return { place, step: at === steps.length - 1 ? `${written} ends` : written };
  });
};
