import type { Dice } from '../../simulation/dice.ts';
import type { Member, Shape } from './model.ts';

/** Names that the cloud knows, and how often each kind of value is one of them. */
export type Known = {
  readonly bucket: string;
  readonly table: string;
  readonly functionName: string;
  readonly queueUrl: string;
  readonly queueName: string;
  readonly job: string;
  readonly stream: string;
  /** The access key of a function's role. */
  readonly roleKey: string;
  /** Ids that the cloud has given: of multipart uploads, and of statements and runs. */
  readonly uploads: string[];
  readonly statements: string[];
};

type Making = {
  readonly dice: Dice;
  readonly known: Known;
  readonly operation: string;
  /** DynamoDB's conditions, as expressions or as they were before. */
  readonly isLegacy: boolean;
  readonly depth: number;
};

const usual = ['a', 'b', 'fuzz', 'fuzz/a'];

const texts = [
  'a',
  '',
  'fuzz',
  'fuzz/a b+c%2F..//d',
  'constructor',
  '__proto__',
  'toString',
  'ключ-键-🔑',
  '\u0000',
  '\ufeff',
  'a\r\nb: c',
  '../../etc/passwd',
  "'; drop table x; --",
  '-1',
  '1e400',
  '{}',
  '*',
  '%ff',
  '%',
  '\ud800',
  'x'.repeat(300),
  'x'.repeat(1025),
];

const numbers = [0, 1, 2, 10, 1000, -1, 1.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324];

const expressions = [
  'a = :a',
  'attribute_exists(a) AND NOT (b <> :a)',
  'pk = :a and begins_with(sk, :a)',
  'SET a = :a, b.c[3] = if_not_exists(d, :a) REMOVE e ADD f :a',
  'SET a = a + :a',
  'REMOVE a[0]',
  'a IN (:a, :a)',
  'size(a) > :a',
  '#n = :a',
  `${'('.repeat(24)}a = :a`,
  `${'('.repeat(24)}a = :a${')'.repeat(24)}`,
  `${'('.repeat(2_000)}a`,
  Array.from({ length: 700 }, () => 'a=:a').join(' OR '),
  `a${'[0]'.repeat(900)} = :a`,
  `a IN (${Array.from({ length: 200 }, () => ':a').join(',')})`,
  `a = ${'x'.repeat(5_000)}`,
  'constructor = :constructor',
  'a.__proto__.b = :a',
];

const patterns = [
  '{"source":["a"]}',
  '{"source":[{"prefix":"a"}],"detail":{"x":[1,null,{"exists":false}]}}',
  `{"source":[{"wildcard":"${'*a'.repeat(40)}"}]}`,
  `{"detail":{${Array.from({ length: 40 }, (_, index) => `"f${index}":["v"]`).join(',')}}}`,
  `{"$or":${JSON.stringify(Array.from({ length: 40 }, () => ({ $or: Array.from({ length: 40 }, () => ({ a: [1] })) })))}}`,
  '{"a":[{"numeric":[">",0,"<",5]}]}',
  '{"a":[{"constructor":1}]}',
  '{"a":[{"cidr":"10.0.0.0/33"}]}',
  `${'{"a":'.repeat(500)}["b"]${'}'.repeat(500)}`,
];

const eventsJson = [
  '{"id":"i","source":"a","account":"1","time":"2024-01-01T00:00:00Z","region":"r","resources":[],"detail-type":"t","detail":{"x":1}}',
  `{"source":"${'a'.repeat(60)}!"}`,
  `{"detail":[${Array.from({ length: 60 }, (_, index) => `{"f${index % 40}":"v"}`).join(',')}]}`,
  `{"detail":${'['.repeat(3_000)}${']'.repeat(3_000)}}`,
  '{"a.b":[{"c":1}],"a":{"b":[{"c":2}]}}',
];

const statements = [
  'select 1',
  'select :a',
  'select * from silver.streams limit 3',
  'select * from nowhere',
  `select ${'('.repeat(900)}1${')'.repeat(900)}`,
  `/*${'/*'.repeat(20_000)}`,
  `$a${'$a'.repeat(20_000)}`,
  "select '",
  'begin',
  ';',
];

/** What a member with a certain name usually holds. */
const hints: Readonly<Record<string, (making: Making, kind: Shape['kind']) => unknown>> = {
  Bucket: ({ known, dice, operation }) =>
    operation === 'DeleteBucket'
      ? 'no-such-bucket'
      : dice.pick(dice.chance(0.9) ? [known.bucket] : ['no-such-bucket', 'B_ad']),
  Key: ({ dice, operation }, kind) => {
    if (kind !== 'text') return { pk: { S: dice.pick(usual) }, sk: { S: 'a' } };
    if (/Upload|Part/.test(operation)) return 'fuzz/upload';
    return dice.pick(['fuzz/a', 'fuzz/a', 'fuzz/b', 'fuzz/ä €🔑', 'fuzz//..//x', 'fuzz/%2e%2e']);
  },
  Item: (making, kind) => ({
    ...{ pk: { S: making.dice.pick(usual) }, sk: { S: 'a' } },
    ...(kind === 'map' ? { n: attribute(making), a: attribute(making) } : {}),
  }),
  TableName: ({ known, dice, operation }) =>
    operation === 'DeleteTable'
      ? 'no-such-table'
      : dice.pick(dice.chance(0.9) ? [known.table] : ['no-such-table', 'x']),
  FunctionName: ({ known, dice }) => dice.pick([known.functionName, 'no-such-function', 'constructor']),
  InvocationType: ({ dice }) => dice.pick(['DryRun', 'DryRun', 'Event', 'RequestResponse', 'toString']),
  QueueUrl: ({ known, dice }) => dice.pick([known.queueUrl, known.queueUrl, 'http://localhost/0/none']),
  QueueName: ({ known, dice }) => dice.pick([known.queueName, 'none']),
  JobName: ({ known, dice }) => dice.pick([known.job, 'none']),
  DeliveryStreamName: ({ known, dice }) => dice.pick([known.stream, 'none']),
  SecretId: ({ dice }) => dice.pick(['fuzz-secret', 'none']),
  Name: ({ dice }) => dice.pick(['fuzz-secret', 'fuzz-other', 'none']),
  UploadId: ({ known, dice }) => dice.pick([...known.uploads, 'none']),
  PartNumber: ({ dice }) => dice.pick([1, 2, 1, 10_000, 10_001, 0]),
  Id: ({ known, dice }) => dice.pick([...known.statements, '00000000-0000-0000-0000-000000000000', 'none']),
  ReturnValues: ({ dice }) => dice.pick(['NONE', 'ALL_OLD', 'toString']),
  ReturnConsumedCapacity: ({ dice }) => dice.pick(['NONE', 'TOTAL', 'INDEXES']),
  ReturnItemCollectionMetrics: () => 'NONE',
  Select: ({ dice }) => dice.pick(['ALL_ATTRIBUTES', 'COUNT', 'constructor']),
  Action: ({ dice }) => dice.pick(['PUT', 'DELETE', 'ADD', 'toString']),
  KeyConditions: ({ dice }) => ({
    pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] },
    ...(dice.chance(0.3)
      ? { sk: { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: [{ S: '' }] } }
      : {}),
  }),
  RequestItems: ({ known, dice, operation }) => ({
    [dice.pick([known.table, known.table, 'none'])]:
      operation === 'BatchGetItem'
        ? { Keys: [{ pk: { S: 'a' }, sk: { S: 'a' } }] }
        : [{ PutRequest: { Item: { pk: { S: dice.pick(usual) }, sk: { S: 'a' } } } }],
  }),
  TimeToLiveSpecification: ({ dice }) => ({
    AttributeName: dice.pick(['ttl', '', 'constructor']),
    Enabled: dice.chance(0.5),
  }),
  Type: ({ dice }) => dice.pick(['compaction', 'retention', '']),
  ClientToken: ({ dice }) => dice.pick(['token', 'x'.repeat(65)]),
  Parameters: ({ dice }) => [{ name: 'a', value: dice.pick(['1', '', "'"]) }],
  TransactItems: ({ dice, known, operation }) => {
    const at = { TableName: known.table, Key: { pk: { S: dice.pick(usual) }, sk: { S: 'a' } } };
    if (operation === 'TransactGetItems') return [{ Get: at }];
    const named = { ExpressionAttributeValues: { ':a': { S: 'a' } } };
    const condition = { ConditionExpression: dice.pick(['attribute_exists(pk)', ...expressions]) };
    const other = { TableName: known.table, Key: { pk: { S: dice.pick(usual) }, sk: { S: 'b' } } };
    return dice.pick([
      [{ Put: { TableName: known.table, Item: at.Key } }, { Delete: other }],
      [
        { Put: { TableName: known.table, Item: at.Key } },
        { ConditionCheck: { ...other, ...condition, ...named } },
      ],
      [{ Update: { ...at, UpdateExpression: dice.pick(['SET b = :a', ...expressions]), ...named } }],
      [{ Put: { TableName: known.table, Item: at.Key } }, { Delete: at }],
      Array.from({ length: 101 }, () => ({ Delete: at })),
    ]);
  },
  WorkgroupName: () => 'workgroup',
  Database: ({ dice }) => dice.pick(['dev', 'x']),
  Sql: ({ dice }) => dice.pick(statements),
  WaitTimeSeconds: ({ dice }) => dice.pick([0, 1, 99, -1]),
  ConditionExpression: ({ dice }) => dice.pick(['a <> :a', 'attribute_exists(pk) OR a = :a', ...expressions]),
  KeyConditionExpression: ({ dice }) => dice.pick(dice.chance(0.7) ? ['pk = :a'] : expressions),
  FilterExpression: ({ dice }) => dice.pick(['a <> :a', 'contains(a, :a)', ...expressions]),
  UpdateExpression: ({ dice }) => dice.pick(dice.chance(0.7) ? ['SET b = :a', 'SET n.c = :a'] : expressions),
  ProjectionExpression: ({ dice }) => dice.pick(['a, b.c[1]', ...expressions]),
  ExpressionAttributeValues: () => ({ ':a': { S: 'a' } }),
  EventPattern: ({ dice }) => dice.pick(patterns),
  Event: ({ dice }) => dice.pick(eventsJson),
  Detail: ({ dice }) => dice.pick(eventsJson),
  Source: ({ dice }) => dice.pick(['fuzz', 'aws.s3']),
  ComparisonOperator: ({ dice }) => dice.pick(['EQ', 'BETWEEN', 'IN', 'CONTAINS', 'NULL', 'toString']),
  pk: ({ dice }) => ({ S: dice.pick(['a', 'b', 'c']) }),
  CopySource: ({ known, dice }) => dice.pick([`${known.bucket}/fuzz/a`, '/x', 'x', `${known.bucket}/%ff`]),
  Range: ({ dice }) =>
    dice.pick(['bytes=0-1', 'bytes=-0', 'bytes=5-1', 'bytes=9999999999999999999-', 'x', 'bytes=0-1,3-4']),
  EncodingType: () => 'url',
  ExclusiveStartKey: ({ dice }) => ({ pk: { S: 'a' }, sk: { S: dice.pick(['a', '']) } }),
};

/** A value of an attribute; deep ones are the business of mutations. */
const attribute = ({ dice }: Making): unknown =>
  dice.chance(0.7) ? dice.pick([{ S: 'a' }, { N: '-1.50' }, { M: { c: { N: '1' } } }]) : oddAttribute(dice);

const oddAttribute = (dice: Dice): unknown =>
  dice.pick([
    { S: dice.pick(texts.slice(1)) },
    { N: dice.pick(['0', '-1.50', '1e125', '1e126', '1e-131', '1e1000000000', '0x1', '', '9'.repeat(39)]) },
    { B: dice.pick(['YWJj', 'x', '']) },
    { SS: ['a', dice.pick(['a', 'b', ''])] },
    { NS: ['1', dice.pick(['1.0', '2'])] },
    { M: { [dice.pick(texts)]: { S: 'a' } } },
    { L: [{ NULL: true }, { BOOL: false }, { L: [] }] },
    { NULL: false },
    { S: 'a', N: '1' },
    {},
  ]);

/** A value of a shape, as a client would send it. */
export const makeValue = (shape: Shape, making: Making, name = ''): unknown => {
  const { dice, depth } = making;
  const hint = Object.hasOwn(hints, name) ? hints[name] : undefined;
  if (hint && dice.chance(0.9)) return hint(making, shape.kind);
  const inner = { ...making, depth: depth + 1 };
  switch (shape.kind) {
    case 'text':
      return dice.pick(dice.chance(0.9) ? usual : texts);
    case 'number':
      return dice.chance(0.9) ? 1 + dice.below(100) : dice.pick(numbers);
    case 'boolean':
      return dice.chance(0.5);
    case 'time':
      return dice.pick([1_700_000_000, 0, -1, 1e18, 253_402_300_800]);
    case 'blob':
      return dice.pick(['', 'YWJj', 'YQ==', 'not base64!', 'AAAA'.repeat(1_000)]);
    case 'list':
      return depth > 5 ? [] : Array.from({ length: dice.below(4) }, () => makeValue(shape.of(), inner));
    case 'map':
      return mapOf(shape.of, inner);
    case 'union': {
      const { name: member, shape: of } = dice.pick(shape.members);
      return depth > 5 ? { NULL: true } : { [member]: makeValue(of(), inner, member) };
    }
    case 'structure':
      return structureOf(shape.members, inner);
  }
};

const mapOf = (of: () => Shape, making: Making): Record<string, unknown> => {
  const { dice, depth } = making;
  if (depth > 5) return {};
  const names = [
    'pk',
    'sk',
    ...Array.from({ length: dice.below(3) }, () => dice.pick(dice.chance(0.8) ? usual : texts)),
  ];
  return Object.fromEntries(
    names.filter(() => dice.chance(0.95)).map((name) => [name, makeValue(of(), making, name)]),
  );
};

/** Members without which most requests would be rejected for that alone. */
const likely = new Set([
  ...[
    'ExpressionAttributeValues',
    'KeyConditionExpression',
    'UpdateExpression',
    'SecretString',
    'WorkgroupName',
  ],
  ...[
    'Source',
    'Detail',
    'DetailType',
    'Body',
    'MultipartUpload',
    'Payload',
    'KeyConditions',
    'AttributeUpdates',
  ],
  ...['Put', 'Update', 'Get'],
]);

const legacy = new Set([
  ...['Expected', 'AttributeUpdates', 'KeyConditions', 'QueryFilter', 'ScanFilter', 'ConditionalOperator'],
  'AttributesToGet',
]);

/** DynamoDB takes either kind of conditions, not both. */
const isAllowed = (name: string, { isLegacy }: Making): boolean =>
  legacy.has(name) ? isLegacy : !(isLegacy && name.includes('Expression'));

const structureOf = (members: readonly Member[], making: Making): Record<string, unknown> => {
  const { dice, depth } = making;
  const share = depth > 3 || members.length > 9 ? 0.04 : 0.15;
  const given = members.filter(
    ({ name, isRequired }) =>
      isRequired || (isAllowed(name, making) && dice.chance(likely.has(name) ? 0.7 : share)),
  );
  const made = Object.fromEntries(given.map(({ name, shape }) => [name, makeValue(shape(), making, name)]));
  const knowsValues = members.some(({ name }) => name === 'ExpressionAttributeValues');
  return knowsValues && dice.chance(0.95) ? withValues(made) : made;
};

/** DynamoDB wants all values that expressions name, and no others. */
const withValues = (made: Record<string, unknown>): Record<string, unknown> => {
  const { ExpressionAttributeValues: _, ...others } = made;
  const expressions = Object.entries(others).filter(([name]) => name.endsWith('Expression'));
  const isUsed = expressions.some(([, expression]) => String(expression).includes(':a'));
  return isUsed ? { ...others, ExpressionAttributeValues: { ':a': { S: 'a' } } } : others;
};
