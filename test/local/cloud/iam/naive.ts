/**
 * The same rules once more, as literally as they can be written: no regular expressions and nothing compiled. Slow, for
 * comparison only.
 */

export type PlainStatement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | { readonly AWS: string[] };
  readonly Action?: string[];
  readonly NotAction?: string[];
  readonly Resource?: string[];
  readonly NotResource?: string[];
  readonly Condition?: Record<string, Record<string, string[]>>;
};
export type PlainRequest = {
  readonly arn: string;
  readonly account: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
};

/** Compares character by character; `mayCross` says whether the wildcard at a place may take a colon. */
const glob = (pattern: string, text: string, mayCross: (at: number) => boolean, at = 0): boolean => {
  if (at === pattern.length) return text === '';
  const sign = pattern[at];
  if (sign === '*') {
    if (glob(pattern, text, mayCross, at + 1)) return true;
    return text !== '' && (text[0] !== ':' || mayCross(at)) && glob(pattern, text.slice(1), mayCross, at);
  }
  if (text === '') return false;
  const fits = sign === '?' ? text[0] !== ':' || mayCross(at) : sign === text[0];
  return fits && glob(pattern, text.slice(1), mayCross, at + 1);
};
const anywhere = () => true;
const same = (one: string, other: string): boolean => glob(one, other, anywhere);

const filled = (text: string, { context }: PlainRequest): string | undefined => {
  const name = /\$\{([^}]*)\}/.exec(text)?.[1];
  if (name === undefined) return text;
  const values = context[name] ?? [];
  return values.length === 1 ? text.replace(`\${${name}}`, values[0] ?? '') : undefined;
};

const isResource = (pattern: string, request: PlainRequest): boolean => {
  const text = filled(pattern, request);
  if (text === undefined) return false;
  const colonsBefore = (at: number): number => text.slice(0, at).split(':').length - 1;
  return glob(text, request.resource, (at) => {
    if (colonsBefore(at) >= 5 || text === '*') return true;
    return text[at] === '*' && (text[at + 1] === undefined || text[at + 1] === ':');
  });
};

const compare: Record<string, (written: string, asked: string) => boolean> = {
  StringEquals: (written, asked) => written === asked,
  StringLike: same,
  Bool: (written, asked) => written.toLowerCase() === asked.toLowerCase(),
};

const holds = (operator: string, key: string, written: readonly string[], request: PlainRequest): boolean => {
  const asked = request.context[key] ?? [];
  if (operator === 'Null') return (written[0] === 'true') === (asked.length === 0);
  const [, set, positive = '', not, rest = '', optional] =
    /^(ForAnyValue:|ForAllValues:)?(?:(String)(Not)?(Equals|Like)|Bool)(IfExists)?$/.exec(operator) ?? [];
  const test = compare[positive ? `String${rest}` : 'Bool'];
  const one = (value: string): boolean => {
    const some = written.some((text) => {
      const full = filled(text, request);
      return full !== undefined && test?.(full, value) === true;
    });
    return not ? !some : some;
  };
  if (set === 'ForAllValues:') return asked.every(one);
  if (set === 'ForAnyValue:') return asked.some(one);
  if (asked.length === 0) return not !== undefined || optional !== undefined;
  return asked.length === 1 && one(asked[0] ?? '');
};

const fits = (statement: PlainStatement, request: PlainRequest): boolean => {
  const { Action, NotAction = [], Resource, NotResource = [], Condition = {} } = statement;
  const isNamed = (text: string): boolean => same(text.toLowerCase(), request.action.toLowerCase());
  const isAction = Action ? Action.some(isNamed) : !NotAction.some(isNamed);
  const isAbout = Resource
    ? Resource.some((arn) => isResource(arn, request))
    : !NotResource.some((arn) => isResource(arn, request));
  if (!isAction || !isAbout) return false;
  for (const [operator, lines] of Object.entries(Condition))
    for (const [key, written] of Object.entries(lines))
      if (!holds(operator, key, written, request)) return false;
  return true;
};

/** Whether a role may do what it asks for, by its own statements and those of the resource. */
export const isAllowed = (
  request: PlainRequest,
  identity: readonly PlainStatement[],
  resource: readonly PlainStatement[],
  needsBoth: boolean,
): boolean => {
  const root = `arn:aws:iam::${request.account}:root`;
  const names = ({ Principal }: PlainStatement, ...wanted: string[]): boolean =>
    Principal === '*' || wanted.some((name) => Principal?.AWS.includes(name));
  const mine = identity.filter((one) => fits(one, request));
  const its = resource.filter((one) => fits(one, request));
  for (const one of mine) if (one.Effect === 'Deny') return false;
  for (const one of its) if (one.Effect === 'Deny' && names(one, '*', request.arn, root)) return false;
  if (its.some((one) => one.Effect === 'Allow' && names(one, '*', request.arn))) return true;
  const granted = mine.some((one) => one.Effect === 'Allow');
  const delegated = its.some((one) => one.Effect === 'Allow' && names(one, root));
  return granted && (delegated || !needsBoth);
};
