import { RE2JS } from 're2js';

/** Says why a regular expression of RE2 cannot be used; undefined for one that can, and for none. */
export type PatternValidator = (path: string, pattern: string | undefined) => string | undefined;

/** Steps of a compiled pattern: matching needs at most that many per character, about 10 ns each. */
const mostSteps = 600;
/** Steps to which a pattern may unfold while it is compiled. */
const mostUnfolded = 50_000;
/** Steps of all patterns of a manifest. */
const mostWork = 30_000;

/**
 * The validator of all patterns of one manifest. Each pattern is limited, so that no value takes too long to match (1 MiB takes
 * 10 s at worst, usual patterns some ms), and so are all different patterns together.
 */
export const patternValidator = (): PatternValidator => {
  const known = new Map<string, string | undefined>();
  let work = 0;
  return (path, pattern) => {
    if (pattern === undefined) return undefined;
    if (!known.has(pattern)) {
      if (work > mostWork)
        return `${path}: is too much, with all patterns before it; use fewer or shorter ones`;
      const { steps, problem } = compiled(pattern);
      work += steps;
      known.set(pattern, problem);
    }
    const problem = known.get(pattern);
    return problem && `${path}: ${problem}`;
  };
};

const compiled = (pattern: string): { steps: number; problem?: string } => {
  const parsing = pattern.length ** 2 / 50;
  const tooLarge = (steps: number): string =>
    `unfolds to ${steps} steps, more than ${mostSteps}; say lengths with min_length and max_length`;
  if (unfolded(pattern) > mostUnfolded) return { steps: parsing, problem: tooLarge(unfolded(pattern)) };
  try {
    const steps = RE2JS.compile(pattern).programSize();
    return { steps: steps + parsing, ...(steps > mostSteps && { problem: tooLarge(steps) }) };
  } catch (cause) {
    return {
      steps: parsing,
      problem: `is no RE2 pattern (${cause instanceof Error ? cause.message : cause})`,
    };
  }
};

/** RE2 lets a thing be repeated a thousand times, repeats inside repeats counted. */
const mostRepeats = 1000;

/** At least as many steps as a pattern can have: each character times its repetitions, nested repetitions multiplied. */
const unfolded = (pattern: string): number => {
  let [ofGroups, ofOne] = [1, 1];
  for (const [, close, least, most] of pattern.matchAll(/(\)?)\{([0-9]{1,4})(?:,([0-9]{0,4}))?\}/g)) {
    const times = Math.max(Number(least), Number(most ?? 0), 1);
    if (close) ofGroups = Math.min(mostRepeats, ofGroups * times);
    else ofOne = Math.max(ofOne, times);
  }
  return pattern.length * Math.min(mostRepeats, ofGroups * ofOne);
};
