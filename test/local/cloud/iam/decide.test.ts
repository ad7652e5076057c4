import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type Policy, readPolicy } from '../../../../local/cloud/iam/index.ts';
import { compileResource } from '../../../../local/cloud/iam/pattern.ts';
import { isAllowed, type PlainStatement } from './naive.ts';

const account = '000000000000';
const arn = `arn:aws:iam::${account}:role/reader`;
const role = { kind: 'role', account, arn } as const;
const keys = [
  'aws:username',
  'aws:userid',
  'aws:SecureTransport',
  'aws:SourceArn',
  's3:prefix',
  'dynamodb:LeadingKeys',
  'age',
];

const identity = (...Statement: object[]): Policy =>
  readPolicy({ Version: '2012-10-17', Statement }, { name: 'least', kind: 'identity', keys });
const ofResource = (...Statement: object[]): Policy =>
  readPolicy({ Version: '2012-10-17', Statement }, { name: 'bucket', kind: 'resource', keys });
const request = (action: string, resource: string, context: Record<string, string | string[]> = {}) => ({
  principal: role,
  action,
  resource,
  context,
});
const allows = (statement: object, ...asked: Parameters<typeof request>): boolean =>
  decide(request(...asked), { identity: [identity(statement)] }).isAllowed;

const object = 'arn:aws:s3:::lake/data/streams/a:b.csv';

describe('action and resource', () => {
  test.each([
    [{ Action: 's3:GetObject', Resource: object }, true],
    [{ Action: 'S3:getobject', Resource: object }, true],
    [{ Action: 's3:Get*', Resource: 'arn:aws:s3:::lake/*' }, true],
    [{ Action: 's3:GetObject?', Resource: 'arn:aws:s3:::lake/*' }, false],
    [{ Action: ['s3:PutObject', 's3:GetO?ject'], Resource: '*' }, true],
    [{ Action: 's3:GetObject', Resource: 'arn:aws:s3:::lake/data/*/a?b.csv' }, true],
    [{ Action: 's3:GetObject', Resource: 'arn:aws:s3:::lake/DATA/*' }, false],
    [{ Action: 's3:GetObject', Resource: 'arn:aws:s3:::lake/data/*/b.csv' }, false],
    [{ Action: 's3:GetObject', Resource: 'arn:aws:s3:::lake' }, false],
    [{ Action: 's3:GetObject', Resource: 'arn:aws:s3:*' }, true],
    [{ Action: 's3:GetObject', Resource: 'arn:aws:*3:::lake/data/*' }, true],
    [{ Action: 's3:GetObject', Resource: 'arn:a*w:s3:::lake/*' }, false],
    [{ NotAction: 's3:Delete*', Resource: '*' }, true],
    [{ NotAction: ['s3:Delete*', 's3:Get*'], Resource: '*' }, false],
    [{ Action: 's3:GetObject', NotResource: 'arn:aws:s3:::lake/data/archive/*' }, true],
    [{ Action: 's3:GetObject', NotResource: 'arn:aws:s3:::lake/data/*' }, false],
  ])('of %j: %s', (statement, expected) => {
    expect(allows({ Effect: 'Allow', ...statement }, 's3:GetObject', object)).toBe(expected);
  });

  test('match many wildcards in linear time', () => {
    const matches = compileResource(`arn:aws:s3:::lake/${'*a'.repeat(40)}`);
    const begun = performance.now();
    expect(matches?.(`arn:aws:s3:::lake/${'a'.repeat(1_000)}!`, {})).toBe(false);
    expect(matches?.(`arn:aws:s3:::lake/${'a'.repeat(1_000)}`, {})).toBe(true);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  test('take values of variables as they are, wildcards among them', () => {
    const own = { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::lake/\${aws:username}/*` };
    const asked = (name: string | string[] | undefined, user: string) =>
      allows(
        own,
        's3:GetObject',
        `arn:aws:s3:::lake/${user}/a`,
        name === undefined ? {} : { 'aws:username': name },
      );
    expect([
      asked('ann', 'ann'),
      asked('ann', 'bob'),
      asked('*', 'bob'),
      asked(undefined, ''),
      asked(['a', 'b'], 'a'),
    ]).toEqual([true, false, false, false, false]);
    const star = { ...own, Resource: `arn:aws:s3:::lake/\${*}/*` };
    expect([
      allows(star, 's3:GetObject', 'arn:aws:s3:::lake/*/a'),
      allows(star, 's3:GetObject', 'arn:aws:s3:::lake/x/a'),
    ]).toEqual([true, false]);
  });
});

describe('a condition', () => {
  const rule = 'arn:aws:events:eu-west-1:000000000000:rule/soundcheck-dev-landed';
  test.each([
    [{ StringEquals: { 's3:prefix': ['a', 'b'] } }, { 's3:prefix': 'b' }, true],
    [{ StringEquals: { 'S3:Prefix': 'b' } }, { 's3:prefix': 'b' }, true],
    [{ StringEquals: { 's3:prefix': 'b*' } }, { 's3:prefix': 'bc' }, false],
    [{ StringEquals: { 's3:prefix': 'b' } }, {}, false],
    [{ StringEqualsIfExists: { 's3:prefix': 'b' } }, {}, true],
    [{ StringNotEquals: { 's3:prefix': ['a', 'b'] } }, { 's3:prefix': 'b' }, false],
    [{ StringNotEquals: { 's3:prefix': ['a', 'b'] } }, {}, true],
    [{ StringEqualsIgnoreCase: { 's3:prefix': 'B' } }, { 's3:prefix': 'b' }, true],
    [{ StringLike: { 's3:prefix': 'data/*' } }, { 's3:prefix': 'data/a:b' }, true],
    [{ StringLike: { 'aws:userid': 'AROA1:*' } }, { 'aws:userid': 'AROA1:session' }, true],
    [{ StringNotLike: { 's3:prefix': 'data/*' } }, { 's3:prefix': 'runs/' }, true],
    [
      { StringEquals: { 's3:prefix': 'a' }, Bool: { 'aws:SecureTransport': 'true' } },
      { 's3:prefix': 'a' },
      false,
    ],
    [{ Bool: { 'aws:SecureTransport': false } }, { 'aws:SecureTransport': 'false' }, true],
    [{ Null: { 's3:prefix': 'true' } }, {}, true],
    [{ Null: { 's3:prefix': 'false' } }, {}, false],
    [
      { ArnLike: { 'aws:SourceArn': 'arn:aws:events:eu-west-1:000000000000:rule/soundcheck-*' } },
      { 'aws:SourceArn': rule },
      true,
    ],
    [
      { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:rule/soundcheck-*:*' } },
      { 'aws:SourceArn': rule },
      false,
    ],
    [{ ArnEquals: { 'aws:SourceArn': 'arn:aws:events:*:*:*' } }, { 'aws:SourceArn': rule }, true],
    [{ ArnNotLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/other-*' } }, { 'aws:SourceArn': rule }, true],
    [{ NumericLessThanEquals: { age: 5 } }, { age: '5' }, true],
    [{ NumericLessThan: { age: 5 } }, { age: '5' }, false],
    [
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'FILE#*' } },
      { 'dynamodb:LeadingKeys': ['FILE#a', 'FILE#b'] },
      true,
    ],
    [
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'FILE#*' } },
      { 'dynamodb:LeadingKeys': ['FILE#a', 'LEASE#b'] },
      false,
    ],
    [{ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'FILE#*' } }, {}, true],
    [
      { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': 'FILE#*' } },
      { 'dynamodb:LeadingKeys': ['FILE#a', 'LEASE#b'] },
      true,
    ],
    [{ 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': 'FILE#*' } }, {}, false],
    [{ StringEquals: { 'dynamodb:LeadingKeys': 'a' } }, { 'dynamodb:LeadingKeys': ['a', 'b'] }, false],
  ])('%j with %j: %s', (Condition, context, expected) => {
    const statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition };
    expect(allows(statement, 's3:ListBucket', 'arn:aws:s3:::lake', context as never)).toBe(expected);
  });
});

describe('a decision', () => {
  const get = { Action: 's3:GetObject', Resource: 'arn:aws:s3:::lake/*' };
  const asked = request('s3:GetObject', object);

  test('is no without an Allow, and no with a Deny anywhere', () => {
    const allow = identity({ Sid: 'Read', Effect: 'Allow', ...get });
    const deny = { Sid: 'Never', Effect: 'Deny', ...get };
    expect(decide(asked, { identity: [] })).toEqual({ isAllowed: false });
    expect(decide(asked, { identity: [allow] })).toEqual({
      isAllowed: true,
      policy: 'least',
      statement: 'Read',
    });
    expect(decide(asked, { identity: [allow, identity(deny)] })).toMatchObject({
      isAllowed: false,
      statement: 'Never',
    });
    const resource = ofResource({ ...deny, Principal: '*' });
    expect(decide(asked, { identity: [allow], resource })).toMatchObject({
      isAllowed: false,
      policy: 'bucket',
    });
  });

  test('is yes where the resource names the role, and needs the role where it names the account', () => {
    const by = (AWS: string) => ofResource({ Effect: 'Allow', Principal: { AWS }, ...get });
    expect(decide(asked, { identity: [], resource: by(arn) }).isAllowed).toBe(true);
    expect(decide(asked, { identity: [], resource: by(`arn:aws:iam::${account}:root`) }).isAllowed).toBe(
      false,
    );
    expect(decide(asked, { identity: [], resource: by(`${arn}s`) }).isAllowed).toBe(false);
  });

  test('on a key needs the key, which may leave it to the account', () => {
    const own = [identity({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' })];
    const key = request('kms:Decrypt', 'arn:aws:kms:eu-west-1:000000000000:key/1');
    const root = { Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' };
    expect(decide(key, { identity: own, needsBoth: true }).isAllowed).toBe(false);
    expect(decide(key, { identity: own, needsBoth: true, resource: ofResource(root) }).isAllowed).toBe(true);
    expect(decide(key, { identity: [], needsBoth: true, resource: ofResource(root) }).isAllowed).toBe(false);
  });

  test('on a service counts only what names the service', () => {
    const principal = { kind: 'service', service: 'events.amazonaws.com' } as const;
    const named = (Service: string) => ofResource({ Effect: 'Allow', Principal: { Service }, ...get });
    const own = [identity({ Effect: 'Allow', ...get })];
    const allowed = (Service: string) =>
      decide({ ...asked, principal }, { identity: own, resource: named(Service) }).isAllowed;
    expect([allowed('events.amazonaws.com'), allowed('glue.amazonaws.com')]).toEqual([true, false]);
    expect(decide(asked, { identity: [], resource: named('events.amazonaws.com') }).isAllowed).toBe(false);
  });
});

describe('a policy is an error', () => {
  const right = { Effect: 'Allow', Action: 's3:GetObject', Resource: object };
  test.each([
    ['that has an unknown operator', { ...right, Condition: { DateLessThan: { age: '1' } } }, /DateLessThan/],
    [
      'that has an unknown key',
      { ...right, Condition: { StringEquals: { 'aws:RequestTag/a': '1' } } },
      /aws:RequestTag/,
    ],
    ['that has an unknown variable', { ...right, Resource: `arn:aws:s3:::\${saml:sub}` }, /saml:sub/],
    [
      'that has an unknown variable in a condition',
      { ...right, Condition: { StringLike: { age: `\${saml:sub}` } } },
      /saml:sub/,
    ],
    ['with a value that no answer can have', { ...right, Condition: { Bool: { age: 'maybe' } } }, /maybe/],
    ['with a resource that is no ARN', { ...right, Resource: 'lake' }, /no ARN: lake/],
    ['with both Action and NotAction', { ...right, NotAction: 's3:*' }, /either/],
    ['without a resource', { Effect: 'Allow', Action: 's3:*' }, /either/],
    ['that names a principal in a role', { ...right, Principal: '*' }, /Principal/],
    ['with an element of other kinds', { ...right, NotPrincipal: '*' }, /NotPrincipal/],
  ])('%s', (_, statement, message) => {
    expect(() => identity(statement)).toThrow(message);
  });

  test('without principals, if it belongs to a resource, or with an old version', () => {
    expect(() => ofResource(right)).toThrow(/needs a Principal/);
    const old = { Version: '2008-10-17', Statement: right };
    expect(() => readPolicy(old, { name: 'old', kind: 'identity', keys })).toThrow(/Version/);
  });
});

describe('the evaluator', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '*', '?'), maxLength: 6 });
  const plain = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/'), maxLength: 6 });
  const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 3 });
  const actions = fc.tuple(fc.constantFrom('s', 'S', 's*'), letters).map(([a, b]) => `${a}${b}`);
  const variable = fc.constantFrom('', '', `\${aws:username}`);
  const resources = fc
    .tuple(fc.constantFrom('arn:aws:s:::', 'arn:aws:*:', 'arn:a*:s:?::', 'arn:'), letters, variable)
    .map((parts) => parts.join(''));
  const values = fc.tuple(letters, variable).map((parts) => parts.join(''));
  const condition = fc.oneof(
    fc.record({
      operator: fc
        .tuple(
          fc.constantFrom('', 'ForAnyValue:', 'ForAllValues:'),
          fc.constantFrom('StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'),
          fc.constantFrom('', 'IfExists'),
        )
        .map((parts) => parts.join('')),
      key: fc.constantFrom('s3:prefix', 'dynamodb:LeadingKeys'),
      values: some(values),
    }),
    fc.record({
      operator: fc.constantFrom('Bool', 'Null'),
      key: fc.constantFrom('s3:prefix', 'aws:SecureTransport'),
      values: fc.constantFrom(['true'], ['false']),
    }),
  );
  const statement = fc
    .record({
      Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
      action: fc.tuple(fc.constantFrom('Action', 'Action', 'NotAction'), some(actions)),
      resource: fc.tuple(fc.constantFrom('Resource', 'Resource', 'NotResource'), some(resources)),
      condition: fc.option(condition, { freq: 1 }),
    })
    .map(
      ({ Effect, action, resource, condition }) =>
        ({
          Effect,
          [action[0]]: action[1],
          [resource[0]]: resource[1],
          ...(condition && { Condition: { [condition.operator]: { [condition.key]: condition.values } } }),
        }) as PlainStatement,
    );
  const principal = fc.constantFrom(
    '*' as const,
    { AWS: [arn] },
    { AWS: [`arn:aws:iam::${account}:root`] },
    { AWS: ['arn:x'] },
  );
  const named = fc.tuple(statement, principal).map(([one, Principal]) => ({ ...one, Principal }));
  const names = fc.string({ unit: fc.constantFrom('a', 'b', '/'), minLength: 1, maxLength: 3 });
  const context = fc
    .record({
      values: fc.dictionary(
        fc.constantFrom('s3:prefix', 'dynamodb:LeadingKeys', 'aws:SecureTransport'),
        fc.array(fc.oneof(plain, fc.constantFrom('true', 'false')), { maxLength: 2 }),
      ),
      users: fc.array(names, { maxLength: 2 }),
    })
    .map(({ values, users }) => ({ ...values, 'aws:username': users }));

  test('comes to the same as a second one that compiles nothing', () => {
    const counts = { true: 0, false: 0 };
    fc.assert(
      fc.property(
        fc.record({
          own: fc.array(statement, { maxLength: 3 }),
          its: fc.array(named, { maxLength: 2 }),
          needsBoth: fc.boolean(),
          action: plain.map((text) => `s${text}`),
          resource: plain.map((text) => `arn:aws:s:::${text}`),
          context,
        }),
        ({ own, its, needsBoth, action, resource, context }) => {
          const found = decide(request(action, resource, context), {
            identity: own.map((one) => identity(one)),
            ...(its.length > 0 && { resource: ofResource(...its) }),
            needsBoth,
          }).isAllowed;
          counts[`${found}`] += 1;
          expect(found).toBe(isAllowed({ arn, account, action, resource, context }, own, its, needsBoth));
        },
      ),
      { numRuns: Number(process.env.POLICY_RUNS ?? 3_000) },
    );
    expect(Math.min(counts.true, counts.false)).toBeGreaterThan(100);
  });
});
