import { type Context, valuesOf } from './request.ts';

/** A text of a policy, made ready to be compared; undefined values of variables match nothing. */
export type Pattern = (value: string, context: Context) => boolean;

type Part =
  | { readonly text: string }
  | { readonly variable: string }
  | { readonly wildcard: '*' | '?'; readonly at: number };

const token = /\$\{([^}]*)\}|([*?])/g;

/** `${*}`, `${?}` and `${$}` stand for the character itself. */
const partOf = (variable: string): Part =>
  ['*', '?', '$'].includes(variable) ? { text: variable } : { variable };

const partsOf = (pattern: string): Part[] => {
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: whole, 1: variable, 2: wildcard, index } of pattern.matchAll(token)) {
    if (index > end) parts.push({ text: pattern.slice(end, index) });
    parts.push(variable === undefined ? { wildcard: wildcard as '*' | '?', at: index } : partOf(variable));
    end = index + whole.length;
  }
  if (end < pattern.length) parts.push({ text: pattern.slice(end) });
  return parts;
};

/** The policy variables that a text names. */
export const variablesIn = (pattern: string): string[] =>
  partsOf(pattern).flatMap((part) => ('variable' in part ? [part.variable] : []));

type Options = {
  /** `*` and `?` are wildcards; otherwise they stand for themselves. */
  readonly hasWildcards: boolean;
  readonly ignoresCase?: boolean;
};

/** Compiles a text of a policy. A value of a variable is compared as it is: wildcards in it are characters. */
export const compilePattern = (pattern: string, { hasWildcards, ignoresCase = false }: Options): Pattern => {
  const fold = ignoresCase ? (text: string) => text.toLowerCase() : (text: string) => text;
  return compileWith(pattern, fold, (wildcard) =>
    hasWildcards ? { isMany: wildcard === '*', staysInPart: false } : { text: wildcard },
  );
};

/** A step of a pattern: a text as it is, or one character or any number of them, in the same part of an ARN or in any. */
type Step = { readonly text: string } | { readonly isMany: boolean; readonly staysInPart: boolean };

/** Compiles a text, with the meaning of each wildcard by its place in the text. */
const compileWith = (
  pattern: string,
  fold: (text: string) => string,
  stepOf: (wildcard: '*' | '?', at: number) => Step,
): Pattern => {
  const parts = partsOf(pattern);
  const stepsIn = (context: Context): Step[] | undefined => {
    const steps: Step[] = [];
    for (const part of parts) {
      if ('text' in part) steps.push({ text: fold(part.text) });
      else if ('wildcard' in part) steps.push(stepOf(part.wildcard, part.at));
      else {
        const [value, ...others] = valuesOf(context, part.variable) ?? [];
        if (value === undefined || others.length > 0) return undefined;
        steps.push({ text: fold(value) });
      }
    }
    return steps;
  };
  if (parts.some((part) => 'variable' in part))
    return (value, context) => isMatch(stepsIn(context), fold(value));
  const constant = stepsIn({});
  return (value) => isMatch(constant, fold(value));
};

/** Follows all ways through a text at once, so that many wildcards take no longer than the product of both lengths. */
const isMatch = (steps: readonly Step[] | undefined, value: string): boolean => {
  if (!steps) return false;
  let ends = [0];
  for (const step of steps) {
    ends = 'text' in step ? afterText(value, ends, step.text) : afterWildcard(value, ends, step);
    if (ends.length === 0) return false;
  }
  return ends.at(-1) === value.length;
};

const afterText = (value: string, from: readonly number[], text: string): number[] =>
  from.flatMap((at) => (value.startsWith(text, at) ? [at + text.length] : []));

const afterWildcard = (
  value: string,
  from: readonly number[],
  { isMany, staysInPart }: Exclude<Step, { text: string }>,
): number[] => {
  const next = (at: number): number => at + ((value.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  const canPass = (at: number): boolean => at < value.length && !(staysInPart && value[at] === ':');
  if (!isMany) return from.flatMap((at) => (canPass(at) ? [next(at)] : []));
  const ends: number[] = [];
  // What an earlier start has reached is listed already.
  for (const start of from)
    for (let at = start; at > (ends.at(-1) ?? -1); at = next(at)) {
      ends.push(at);
      if (!canPass(at)) break;
    }
  return ends;
};

/** Where the last of the six parts of an ARN begins; the length of the text if there are fewer. */
const lastPart = (pattern: string): number => {
  let at = -1;
  for (let colons = 0; colons < 5; colons += 1) {
    at = pattern.indexOf(':', at + 1);
    if (at < 0) return pattern.length;
  }
  return at + 1;
};

/**
 * Compiles the ARN of a Resource. A wildcard stays in its part of the ARN, except a `*` at the end of a part, which may go on
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html). The last part is one, whatever
 * colons it has. Undefined for a text that is no ARN.
 */
export const compileResource = (pattern: string): Pattern | undefined => {
  if (pattern === '*') return () => true;
  if (!/^(arn:|\*$)/.test(pattern)) return undefined;
  const last = lastPart(pattern);
  const asWritten = (text: string): string => text;
  return compileWith(pattern, asWritten, (wildcard, at) => {
    const isMany = wildcard === '*';
    const isEnd = isMany && (at + 1 === pattern.length || pattern[at + 1] === ':');
    return { isMany, staysInPart: !isEnd && at < last };
  });
};

/** The six parts of an ARN; what follows the fifth colon is one part. */
const partsOfArn = (arn: string): string[] | undefined => {
  const [first = '', ...others] = arn.replaceAll(variable, (name) => name.replaceAll(':', colon)).split(':');
  if (others.length < 5) return undefined;
  return [first, ...others.slice(0, 4), others.slice(4).join(':')].map((part) => part.replaceAll(colon, ':'));
};
const variable = /\$\{[^}]*\}/g;
/** Stands for the colons in the name of a variable, which separate no parts. */
const colon = '\u0000';

/** Compiles an ARN of a condition: each part is compared for itself. Undefined for a text that is no ARN. */
export const compileArn = (pattern: string): Pattern | undefined => {
  if (pattern === '*') return () => true;
  const compiled = partsOfArn(pattern)?.map((part) => compilePattern(part, { hasWildcards: true }));
  if (!compiled) return undefined;
  return (arn, context) => {
    const parts = partsOfArn(arn);
    return parts !== undefined && compiled.every((matches, index) => matches(parts[index] ?? '', context));
  };
};
