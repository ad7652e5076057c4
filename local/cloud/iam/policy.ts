import * as z from 'zod';
import { type Condition, compileCondition } from './condition.ts';
import { PolicyError } from './error.ts';
import { compilePattern, compileResource, type Pattern, variablesIn } from './pattern.ts';
import type { AccessRequest, Principal } from './request.ts';

const Texts = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((value) => (typeof value === 'string' ? [value] : value));
const Value = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const Values = z
  .union([Value, z.array(Value).min(1)])
  .transform((value) => (typeof value === 'string' ? [value] : value));

const Written = z.strictObject({
  Sid: z.string().default(''),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z
    .union([z.literal('*'), z.strictObject({ AWS: Texts.optional(), Service: Texts.optional() })])
    .optional(),
  Action: Texts.optional(),
  NotAction: Texts.optional(),
  Resource: Texts.optional(),
  NotResource: Texts.optional(),
  Condition: z.record(z.string(), z.record(z.string(), Values)).default({}),
});
type Written = z.infer<typeof Written>;

const Document = z.strictObject({
  Version: z.literal('2012-10-17', 'must be 2012-10-17: older policies have no variables'),
  Id: z.string().optional(),
  Statement: z.union([Written, z.array(Written).min(1)]).transform((value) => [value].flat()),
});

/** One statement, compiled. */
export type Statement = {
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  /** How the principal is named: itself, through its account, or not at all; `itself` in a policy of a role. */
  readonly names: (principal: Principal) => 'itself' | 'account' | undefined;
  /** Action, resource and conditions fit. */
  readonly fits: (request: AccessRequest) => boolean;
};

/** A policy, compiled. */
export type Policy = { readonly name: string; readonly statements: readonly Statement[] };

export type Reading = {
  /** Named in errors. */
  readonly name: string;
  /** `resource`: statements name their principals; `identity`: they belong to the role. */
  readonly kind: 'identity' | 'resource';
  /** The condition keys that requests have; another one is an error. */
  readonly keys: readonly string[];
};

/** Reads and compiles a policy document; throws `PolicyError` for everything that could not be evaluated. */
export const readPolicy = (document: unknown, reading: Reading): Policy => {
  const parsed = Document.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new PolicyError(reading.name, (issue?.path ?? []).join('.'), issue?.message ?? 'is not valid');
  }
  const statements = parsed.data.Statement.map((written, index) =>
    compileStatement(written, reading, `Statement.${written.Sid || index}`),
  );
  return { name: reading.name, statements };
};

const compileStatement = (written: Written, reading: Reading, place: string): Statement => {
  const fail = (reason: string): never => {
    throw new PolicyError(reading.name, place, reason);
  };
  const { Action, NotAction, Resource, NotResource, Principal: named, Effect, Sid } = written;
  if ((named === undefined) !== (reading.kind === 'identity'))
    fail(named === undefined ? 'needs a Principal' : 'may have no Principal');
  const known = new Set(reading.keys.map((key) => key.toLowerCase()));
  const expectKeys = (keys: readonly string[]): void => {
    for (const key of keys) if (!known.has(key.toLowerCase())) fail(`uses ${key}, which is not known here`);
  };
  const actions = either(Action, NotAction, (action) =>
    compilePattern(action, { hasWildcards: true, ignoresCase: true }),
  );
  const resources = either(Resource, NotResource, (arn) => {
    expectKeys(variablesIn(arn));
    return compileResource(arn) ?? fail(`has a resource that is no ARN: ${arn}`);
  });
  if (!actions || !resources)
    return fail('needs either Action or NotAction, and either Resource or NotResource');
  const conditions = Object.entries(written.Condition).flatMap(([operator, lines]) =>
    Object.entries(lines).map(([key, values]): Condition => {
      expectKeys([key, ...values.flatMap(variablesIn)]);
      const condition = compileCondition({ operator, key, values });
      return typeof condition === 'string' ? fail(condition) : condition;
    }),
  );
  return {
    sid: Sid,
    effect: Effect,
    names: namesIn(named),
    fits: (request) =>
      actions(request.action, request) &&
      resources(request.resource, request) &&
      conditions.every((holds) => holds(request.context)),
  };
};

type Test = (value: string, request: AccessRequest) => boolean;

/** One of both lists is given: something in it matches, or nothing does. */
const either = (
  list: readonly string[] | undefined,
  not: readonly string[] | undefined,
  compile: (text: string) => Pattern,
): Test | undefined => {
  const given = list ?? not;
  if (!given || (list && not)) return undefined;
  const patterns = given.map(compile);
  return (value, { context }) => patterns.some((pattern) => pattern(value, context)) === (list !== undefined);
};

const namesIn = (named: Written['Principal']): Statement['names'] => {
  if (named === undefined || named === '*') return () => 'itself';
  const { AWS = [], Service = [] } = named;
  return (principal) => {
    if (principal.kind === 'service') return Service.includes(principal.service) ? 'itself' : undefined;
    const { account, arn } = principal;
    if (AWS.includes('*') || AWS.includes(arn)) return 'itself';
    const isAccount = (name: string): boolean => name === account || name.endsWith(`:iam::${account}:root`);
    return AWS.some(isAccount) ? 'account' : undefined;
  };
};
