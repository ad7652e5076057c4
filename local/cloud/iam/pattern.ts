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

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

type Options = {
  /** `*` and `?` are wildcards; otherwise they stand for themselves. */
  readonly hasWildcards: boolean;
  readonly ignoresCase?: boolean;
};

/** Compiles a text of a policy. A value of a variable is compared as it is: wildcards in it are characters. */
export const compilePattern = (pattern: string, { hasWildcards, ignoresCase = false }: Options): Pattern =>
  compileWith(pattern, ignoresCase ? 'isu' : 'su', (wildcard) =>
    hasWildcards ? (wildcard === '*' ? '.*' : '.') : escaped(wildcard),
  );

/** Compiles a text, with the regular expression of each wildcard by its place in the text. */
const compileWith = (
  pattern: string,
  flags: string,
  expressionOf: (wildcard: '*' | '?', at: number) => string,
): Pattern => {
  const parts = partsOf(pattern);
  const expression = (context: Context): RegExp | undefined => {
    let source = '';
    for (const part of parts) {
      if ('text' in part) source += escaped(part.text);
      else if ('wildcard' in part) source += expressionOf(part.wildcard, part.at);
      else {
        const [value, ...others] = valuesOf(context, part.variable) ?? [];
        if (value === undefined || others.length > 0) return undefined;
        source += escaped(value);
      }
    }
    return new RegExp(`^${source}$`, flags);
  };
  if (parts.some((part) => 'variable' in part))
    return (value, context) => expression(context)?.test(value) ?? false;
  const constant = expression({});
  return (value) => constant?.test(value) ?? false;
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
  return compileWith(pattern, 'su', (wildcard, at) => {
    const isEnd = wildcard === '*' && (at + 1 === pattern.length || pattern[at + 1] === ':');
    return `${isEnd || at >= last ? '.' : '[^:]'}${wildcard === '*' ? '*' : ''}`;
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
