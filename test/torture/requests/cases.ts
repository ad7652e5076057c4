import type { Request } from './build.ts';
import { signature } from './build.ts';
import type { Piece } from './socket.ts';

/** A request that once hung the cloud, killed it or got a wrong answer; and what it has to get. */
export type Case = { readonly request: Request; readonly status: number; readonly code?: string };

const post = (service: string, target: string, body: string | Buffer, path = '/'): Piece[] => [
  [
    `POST ${path} HTTP/1.1`,
    'host: localhost:PORT',
    'connection: close',
    'content-type: application/x-amz-json-1.0',
    `x-amz-target: ${target}`,
    ...signature(service).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    '',
  ].join('\r\n'),
  body,
];

const plain = (line: string, body = '', ...headers: string[]): Piece[] => [
  [
    `${line} HTTP/1.1`,
    'host: localhost:PORT',
    'connection: close',
    ...headers,
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    '',
  ].join('\r\n'),
  body,
];

const nested = (depth: number): string => `${'{"L":['.repeat(depth)}{"S":"x"}${']}'.repeat(depth)}`;
const item = (value: string): string =>
  `{"TableName":"fuzz-table","Item":{"pk":{"S":"a"},"sk":{"S":"a"},"v":${value}}}`;
const dynamo = (operation: string, body: string, status: number, code?: string): Case => ({
  request: {
    service: 'dynamodb',
    operation,
    pieces: post('dynamodb', `DynamoDB_20120810.${operation}`, body),
  },
  ...{ status, ...(code === undefined ? {} : { code }) },
});
const conditional = (expression: string): string =>
  JSON.stringify({
    ...{ TableName: 'fuzz-table', Key: { pk: { S: 'a' }, sk: { S: 'a' } } },
    ...{ ConditionExpression: expression, ExpressionAttributeValues: { ':a': { S: 'a' } } },
  });
const json = (
  service: string,
  target: string,
  body: string | Buffer,
  status: number,
  code?: string,
): Case => ({
  request: { service, operation: target, pieces: post(service, target, body) },
  ...{ status, ...(code === undefined ? {} : { code }) },
});
const lambda = (name: string, body: string | Buffer, status: number, code: string): Case => ({
  request: {
    ...{ service: 'lambda', operation: `Invoke ${name}` },
    pieces: post('lambda', '', body, `/2015-03-31/functions/${name}/invocations`),
  },
  ...{ status, code },
});
const s3 = (line: string, status: number, code?: string, body = '', ...headers: string[]): Case => ({
  request: { service: 's3', operation: line.slice(0, 80), pieces: plain(line, body, ...headers) },
  ...{ status, ...(code === undefined ? {} : { code }) },
});
const pattern = (EventPattern: string, Event: string, status: number, code?: string): Case =>
  json('events', 'AWSEvents.TestEventPattern', JSON.stringify({ EventPattern, Event }), status, code);

const fields = Array.from({ length: 40 }, (_, index) => `f${index}`);

/** Fields of 30 arrays, the last of which no element has together. */
const arrays = {
  pattern: JSON.stringify({
    ...Object.fromEntries(fields.map((name) => [name, { x: [1] }])),
    z: { a: [1], b: [1] },
  }),
  event: JSON.stringify({
    ...Object.fromEntries(fields.map((name) => [name, Array.from({ length: 9 }, () => ({ x: 1 }))])),
    z: [{ a: 1 }, { b: 1 }],
  }),
};

const entities = Array.from(
  { length: 9 },
  (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`,
).join('');

export const cases: readonly Case[] = [
  pattern(`{"a":[{"wildcard":"${'*a'.repeat(40)}"}]}`, `{"a":"${'a'.repeat(60)}!"}`, 200),
  pattern(arrays.pattern, arrays.event, 200),
  pattern(
    JSON.stringify({
      a: { $or: fields.map((name) => ({ $or: fields.map((other) => ({ [name]: [other] })) })) },
    }),
    '{}',
    400,
    'ValidationException',
  ),
  pattern(
    JSON.stringify(
      Object.fromEntries([...'abcdefghij'].map((name) => [name, { $or: [{ x: [1] }, { y: [1] }] }])),
    ),
    '{}',
    400,
    'InvalidEventPatternException',
  ),
  pattern('{"a":[{"constructor":1}]}', '{}', 400, 'InvalidEventPatternException'),
  pattern(`${'{"a":'.repeat(600)}["b"]${'}'.repeat(600)}`, '{}', 200),
  pattern('{"a":["b"]}', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400, 'ValidationException'),
  json(
    'events',
    'AWSEvents.PutEvents',
    '{"Entries":[{"Source":"a","DetailType":"b","Detail":"{}","Time":1e18}]}',
    400,
    'ValidationException',
  ),
  dynamo('PutItem', item(nested(33)), 400, 'ValidationException'),
  dynamo('PutItem', item(nested(900)), 400, 'ValidationException'),
  dynamo('PutItem', item(nested(50_000)), 400, 'ValidationException'),
  dynamo('PutItem', item('{"L":[null]}'), 400, 'ValidationException'),
  dynamo('PutItem', item('null'), 400, 'ValidationException'),
  dynamo('PutItem', item('{"M":{"__proto__":{"S":"x"}}}'), 400, 'ValidationException'),
  dynamo(
    'PutItem',
    item(`{"M":{${Array.from({ length: 300_000 }, (_, index) => `"k${index}":{"S":""}`).join(',')}}}`),
    400,
    'ValidationException',
  ),
  dynamo('Scan', '{"TableName":"fuzz-table"}', 200),
  dynamo('PutItem', 'null', 400, 'SerializationException'),
  dynamo('PutItem', '[]', 400, 'SerializationException'),
  dynamo('PutItem', '', 400, 'SerializationException'),
  dynamo('DeleteItem', conditional(`${'('.repeat(10)}a = `), 400, 'ValidationException'),
  dynamo('DeleteItem', conditional(`${'('.repeat(25)}a = :a${')'.repeat(25)}`), 400, 'ValidationException'),
  dynamo('DeleteItem', conditional(`${'('.repeat(10_000)}a = :a`), 400, 'ValidationException'),
  dynamo('DeleteItem', conditional(`${'NOT '.repeat(1_000)}a = :a`), 400, 'ValidationException'),
  dynamo(
    'DeleteItem',
    conditional(
      fields
        .map(() => 'a = :a')
        .join(' OR ')
        .repeat(10),
    ),
    400,
    'ValidationException',
  ),
  dynamo('DeleteItem', conditional(`a${'[0]'.repeat(32)} = :a`), 400, 'ValidationException'),
  dynamo(
    'DeleteItem',
    conditional(`a IN (${Array.from({ length: 101 }, () => ':a').join(',')})`),
    400,
    'ValidationException',
  ),
  lambda('%ff', '{}', 400, 'InvalidParameterValueException'),
  lambda('constructor', '{}', 404, 'ResourceNotFoundException'),
  lambda('soundcheck-dev-sweep', Buffer.from([0x22, 0xff, 0x22]), 400, 'InvalidRequestContentException'),
  lambda('soundcheck-dev-sweep', '['.repeat(100_000), 400, 'InvalidRequestContentException'),
  lambda('soundcheck-dev-sweep', JSON.stringify('x'.repeat(6 * 2 ** 20)), 413, 'RequestTooLargeException'),
  ...['constructor', '__proto__', 'toString', 'iam'].map((service) =>
    json(service, '', '{}', 404, 'UnknownOperationException'),
  ),
  ...['glue', 'sqs', 'secretsmanager', 'firehose', 'redshift-data', 'events'].map((service) =>
    json(service, 'X.constructor', '{}', 400, 'UnknownOperationException'),
  ),
  ...['null', '[]', '1', '"x"', '{"a":', '{"a":"\xff"}'].map((body) =>
    json('glue', 'AWSGlue.GetJob', Buffer.from(body, 'latin1'), 400, 'SerializationException'),
  ),
  json(
    'glue',
    'AWSGlue.GetJob',
    `{"JobName":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    400,
    'SerializationException',
  ),
  json(
    'redshift-data',
    'RedshiftData.ExecuteStatement',
    JSON.stringify({
      Database: 'dev',
      WorkgroupName: 'workgroup',
      Sql: '/*'.repeat(50_000),
      Parameters: [{ name: 'a', value: '1' }],
    }),
    400,
    'ValidationException',
  ),
  s3('GET /%ff/%ff', 400, 'InvalidURI'),
  s3(`PUT /fuzz-bucket/${'k'.repeat(1_025)}`, 400, 'KeyTooLongError'),
  s3('DELETE /fuzz-bucket/a?annotation', 501, 'NotImplemented'),
  s3(
    'POST /fuzz-bucket?delete',
    400,
    'MalformedXML',
    `<!DOCTYPE a [<!ENTITY e0 "aaaaaaaaaa">${entities}]><Delete><Object><Key>&e9;</Key></Object></Delete>`,
  ),
  s3('POST /fuzz-bucket?delete', 400, 'MalformedXML', `${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}`),
  s3('PUT /no-such-bucket/a', 404, 'NoSuchBucket', 'x'.repeat(2_000_000)),
  s3('GET /fuzz-bucket?max-keys=-1', 400, 'InvalidArgument'),
  s3('GET /fuzz-bucket?max-keys=99999999999999999999', 400, 'InvalidArgument'),
];
