/** One step from a record of JSON to a value: a key, and whether it holds an array. */
export type PathStep = { readonly key: string; readonly isArray: boolean };

const mostSteps = 8;

/** Reads the name of a field of JSON, such as `address.city` or `items[].price`; only for names without a `pathProblem`. */
export const fieldPath = (name: string): readonly PathStep[] =>
  name
    .split('.')
    .map((step) =>
      step.endsWith('[]') ? { key: step.slice(0, -2), isArray: true } : { key: step, isArray: false },
    );

/** Name of the column of a landed row that holds a field: the first key of its path. */
export const topOf = (name: string): string => fieldPath(name)[0]?.key ?? name;

/** Says why a name is not a valid path; undefined if it is. */
export const pathProblem = (name: string): string | undefined => {
  const steps = fieldPath(name);
  if (steps.length > mostSteps) return `goes through more than ${mostSteps} keys`;
  if (steps.some(({ key }) => key === '' || /[[\]]/.test(key)))
    return 'is no path such as address.city or items[].price';
  return steps.filter(({ isArray }) => isArray).length > 1 ? 'goes through more than one array' : undefined;
};

/**
 * Says which names cannot be used together: one ends where the other continues, has an array where the other has none, or
 * writes a key in another case. Returns name and problem.
 */
export const pathConflicts = (names: readonly string[]): readonly (readonly [string, string])[] => {
  const seen = new Map<string, { readonly step: string; readonly name: string }>();
  return names.flatMap((name) => {
    const prefixes = prefixesOf(name);
    const rival = prefixes.map(([place, step]) => ({ known: seen.get(place), step })).find(isOther)?.known;
    for (const [place, step] of prefixes) if (!seen.has(place)) seen.set(place, { step, name });
    return rival ? [[name, `does not go together with ${rival.name}`] as const] : [];
  });
};

const isOther = ({ known, step }: { known: { readonly step: string } | undefined; step: string }): boolean =>
  known !== undefined && known.step !== step;

/** Each place on the way, without case and arrays, and how it is written there; the last one ends. */
const prefixesOf = (name: string): readonly (readonly [place: string, step: string])[] => {
  const steps = name.split('.');
  return steps.map((_, at) => {
    const written = steps.slice(0, at + 1).join('.');
    const isEnd = at === steps.length - 1;
    return [written.replaceAll('[]', '').toLowerCase(), isEnd ? `${written} ends` : written];
  });
};
