import type { Dice } from '../../simulation/dice.ts';
import { type Model, models, type Operation } from './model.ts';
import { mutateJson, oddDocuments, oddTexts } from './mutations.ts';
import type { Piece } from './socket.ts';
import { type Known, makeValue } from './values.ts';

/** A request as it goes through a socket, and what is known of it. */
export type Request = {
  /** Who has to answer; `any` if that is not clear. */
  readonly service: string;
  readonly operation: string;
  readonly pieces: readonly Piece[];
  /** The request does not follow HTTP, so that the answer may be one of the HTTP server alone. */
  readonly isOdd?: boolean;
  /** Answers that must come; by default one. None: the client leaves, or the cloud may close without any. */
  readonly expected?: number;
  readonly leaves?: boolean;
};

type Head = {
  method: string;
  target: string;
  readonly headers: [name: string, value: string][];
};

/** What the cloud offers; other operations of a model are asked for now and then. */
const offered: Readonly<Record<string, readonly string[]>> = {
  s3: [
    ...['ListBuckets', 'CreateBucket', 'HeadBucket', 'GetBucketLocation', 'GetBucketVersioning'],
    ...[
      'PutBucketVersioning',
      'ListObjects',
      'ListObjectsV2',
      'ListObjectVersions',
      'PutObject',
      'GetObject',
    ],
    ...['HeadObject', 'DeleteObject', 'DeleteObjects', 'CopyObject', 'GetObjectTagging', 'PutObjectTagging'],
    ...[
      'DeleteObjectTagging',
      'GetObjectAttributes',
      'CreateMultipartUpload',
      'UploadPart',
      'UploadPartCopy',
    ],
    ...['GetBucketLifecycleConfiguration', 'PutBucketLifecycleConfiguration', 'DeleteBucketLifecycle'],
    ...['GetBucketNotificationConfiguration', 'PutBucketNotificationConfiguration'],
    ...['CompleteMultipartUpload', 'AbortMultipartUpload', 'ListParts', 'ListMultipartUploads'],
  ],
  dynamodb: [
    ...['PutItem', 'GetItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem'],
    ...[
      'TransactWriteItems',
      'TransactGetItems',
      'DescribeTable',
      'ListTables',
      'DescribeTimeToLive',
      'UpdateTimeToLive',
    ],
  ],
  lambda: ['Invoke'],
  events: ['PutEvents', 'TestEventPattern'],
  sqs: [
    ...['GetQueueUrl', 'ListQueues', 'GetQueueAttributes', 'SendMessage', 'ReceiveMessage', 'DeleteMessage'],
    'PurgeQueue',
  ],
  glue: [
    'StartJobRun',
    'GetJobRun',
    'GetJobRuns',
    'GetJob',
    'ListJobs',
    'BatchStopJobRun',
    'GetTableOptimizer',
  ],
  'redshift-data': [
    ...['ExecuteStatement', 'BatchExecuteStatement', 'DescribeStatement', 'GetStatementResult'],
    ...['ListStatements', 'CancelStatement'],
  ],
  firehose: ['PutRecord', 'PutRecordBatch', 'DescribeDeliveryStream'],
  secretsmanager: ['GetSecretValue', 'CreateSecret', 'PutSecretValue'],
};

const chooseOperation = (model: Model, dice: Dice): Operation => {
  const usual = model.operations.filter(({ name }) => offered[model.service]?.includes(name));
  const isUsual = dice.chance(0.93) || model.operations.length === usual.length;
  return dice.pick(isUsual ? usual : model.operations);
};

/** Makes a request of any service: a valid one, or one with something wrong in it. */
export const nextRequest = (dice: Dice, known: Known): Request => {
  // S3 and DynamoDB have the most operations and the most ways to go wrong.
  const model = dice.chance(0.45) ? dice.pick(models.slice(0, 2)) : dice.pick(models);
  const operation = chooseOperation(model, dice);
  const making = { dice, known, depth: 0, operation: operation.name, isLegacy: dice.chance(0.3) };
  const input = makeValue(operation.input(), making) as Record<string, unknown>;
  const key = dice.chance(0.15) ? known.roleKey : 'local';
  return operation.http && model.version === 'rest'
    ? restRequest(model, operation, input, dice, key)
    : jsonRequest(model, operation, input, dice, key);
};

const jsonRequest = (model: Model, operation: Operation, input: object, dice: Dice, key: string): Request => {
  const isWrong = dice.chance(0.5);
  const body = isWrong ? mutateJson(input, dice) : JSON.stringify(input);
  const head: Head = {
    method: 'POST',
    target: '/',
    headers: [
      ['content-type', `application/x-amz-json-${model.version}`],
      ['x-amz-target', `${model.target}.${operation.name}`],
      ...signature(model.service, key),
    ],
  };
  const service = dice.chance(0.08) ? spoilHead(head, dice) : model.service;
  return finish(service, operation.name, head, body, dice);
};

/** Headers of a request that is signed for a service, by the administrator or with the key of a role. */
export const signature = (service: string, key = 'local'): [string, string][] => [
  [
    'authorization',
    `AWS4-HMAC-SHA256 Credential=${key}/20240101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
  ],
  ['x-amz-date', '20240101T000000Z'],
];

const restRequest = (
  model: Model,
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  dice: Dice,
  key: string,
): Request => {
  const [method = 'GET', template = '/'] = operation.http ?? [];
  const shape = operation.input();
  const members = 'members' in shape ? shape.members : [];
  const headers: [string, string][] = [...signature(model.service, key)];
  const queries: string[] = [];
  let path = template.split('?')[0] ?? '/';
  const fixed = (template.split('?')[1] ?? '').split('&').filter(Boolean);
  const isWrong = dice.chance(0.3);
  const wrong = isWrong ? dice.pick(members.map(({ name }) => name).concat('')) : '';
  let body: string | Buffer = '';
  for (const { name, at, isPayload } of members) {
    if (!(name in input)) continue;
    const value = name === wrong ? dice.pick(oddTexts) : input[name];
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    if (at?.isLabel) path = path.replace(new RegExp(`\\{${name}\\+?\\}`), () => escaped(text));
    else if (at?.query) queries.push(`${at.query}=${escaped(text)}`);
    else if (at?.header === 'content-length') continue;
    else if (at?.header) headers.push([at.header, printable(text)]);
    else if (isPayload) body = payloadOf(model, name, value, dice);
  }
  if (model.service === 's3' && 'Bucket' in input) path = `/${escaped(String(input.Bucket))}${path}`;
  const query = [...fixed, ...queries].join('&');
  const head: Head = { method, target: query === '' ? path : `${path}?${query}`, headers };
  const service = dice.chance(0.2) ? spoilHead(head, dice) : model.service;
  return finish(service, operation.name, head, body, dice);
};

const payloadOf = (model: Model, name: string, value: unknown, dice: Dice): string | Buffer => {
  if (name === 'Body') return dice.pick(['', 'abc', 'x'.repeat(70_000), Buffer.from([0, 255, 254])]);
  if (model.service === 'lambda') return mutateJson({ Records: [], detail: { a: 1 } }, dice);
  return dice.chance(0.5) ? dice.pick(oddDocuments) : xmlOf(name, value);
};

const xmlOf = (name: string, value: unknown): string => {
  const wrapped = name === 'MultipartUpload' ? 'CompleteMultipartUpload' : name;
  return `<${wrapped}>${contentOf(value)}</${wrapped}>`;
};

const contentOf = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return escapedXml(String(value));
  return Object.entries(value)
    .flatMap(([name, member]) =>
      (Array.isArray(member) ? member : [member]).map((one) => [name, one] as const),
    )
    .map(([name, member]) => {
      const element = { Objects: 'Object', Parts: 'Part' }[name] ?? name;
      return name === 'TagSet'
        ? `<TagSet><Tag>${contentOf(member)}</Tag></TagSet>`
        : `<${element}>${contentOf(member)}</${element}>`;
    })
    .join('');
};

const escapedXml = (text: string): string => text.replace(/[&<>\p{Cc}]/gu, '_');

/** Percent-encoded as far as it can be; texts that look encoded stay as they are, right or wrong. */
const escaped = (text: string): string =>
  text.includes('%')
    ? text.replace(/[^!-~]/g, '_')
    : encodeURI(text.replace(loneSurrogate, '_')).replace(/[?#]/g, '_');

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const printable = (text: string): string => text.replace(/[^\t -~\u0080-\u00ff]/g, '_');

/** Something odd in the first line or the headers that still is HTTP; any service may be the one that answers. */
const spoilHead = (head: Head, dice: Dice): 'any' => {
  const odd = printable(dice.pick(oddTexts));
  const changes: (() => void)[] = [
    () => {
      head.method = dice.pick([
        'GET',
        'HEAD',
        'PUT',
        'POST',
        'DELETE',
        'OPTIONS',
        'TRACE',
        'PATCH',
        'PROPFIND',
      ]);
    },
    () => {
      const [name] = dice.pick(head.headers);
      const index = head.headers.findIndex((header) => header[0] === name);
      head.headers[index] = [name, odd];
    },
    () => void head.headers.splice(dice.below(head.headers.length), 1),
    () => void head.headers.push([dice.pick(oddHeaders), odd]),
    () => {
      head.target += `${head.target.includes('?') ? '&' : '?'}${dice.pick(oddQueries)}=${escaped(odd)}`;
    },
    () => {
      head.target = dice.pick(oddTargets);
    },
    () => {
      const service = dice.pick([
        'constructor',
        '__proto__',
        'toString',
        'iam',
        '',
        'hasOwnProperty',
        's3',
        'lambda',
      ]);
      head.headers.splice(0, head.headers.length, ...signature(service), ['x-amz-target', odd]);
    },
    () => {
      const target = dice.pick([
        'constructor.x',
        '__proto__',
        'AWSGlue.constructor',
        'AWSGlue.__proto__',
        'AWSEvents.',
        '.',
        'DynamoDB_20120810.toString',
        odd,
      ]);
      head.headers.push(['x-amz-target', target]);
    },
    () => {
      for (let index = 0; index < 300; index++) head.headers.push([`x-amz-meta-${index}`, odd.slice(0, 20)]);
    },
  ];
  dice.pick(changes)();
  return 'any';
};

const oddHeaders = [
  ...['range', 'if-match', 'if-none-match', 'if-modified-since', 'content-md5', 'x-amz-copy-source'],
  ...['x-amz-copy-source-range', 'x-amz-tagging', 'x-amz-checksum-crc32', 'x-amz-checksum-algorithm'],
  ...[
    'x-amz-content-sha256',
    'x-amz-decoded-content-length',
    'x-amz-trailer',
    'x-amz-sdk-checksum-algorithm',
  ],
  ...[
    'x-amz-metadata-directive',
    'x-amz-storage-class',
    'x-amz-invocation-type',
    'content-encoding',
    'cookie',
  ],
  ...['x-amz-mp-object-size', 'x-amz-object-attributes', 'x-amz-checksum-type', 'accept-encoding', 'referer'],
];

const oddQueries = [
  ...[
    'max-keys',
    'versionId',
    'uploadId',
    'partNumber',
    'part-number-marker',
    'continuation-token',
    'delimiter',
  ],
  ...[
    'prefix',
    'list-type',
    'encoding-type',
    'response-content-type',
    'acl',
    'X-Amz-Credential',
    'constructor',
  ],
  ...[
    'key-marker',
    'version-id-marker',
    'upload-id-marker',
    'max-uploads',
    'max-parts',
    'tagging',
    'attributes',
  ],
];

const oddTargets = [
  '/',
  '//',
  '/%ff',
  '/%',
  '/%00',
  '/..',
  '/../..',
  '/?',
  '/?%=%',
  '*',
  '/fuzz-bucket',
  '/fuzz-bucket//',
  '/fuzz-bucket/%ff',
  '/fuzz-bucket/a%00b',
  '/fuzz-bucket/../x',
  `/fuzz-bucket/${'k'.repeat(1_025)}`,
  `/fuzz-bucket/${'%F0%9F%94%91'.repeat(257)}`,
  '/constructor/x',
  '/__proto__/x',
  'http://localhost/fuzz-bucket/a',
  '/2015-03-31/functions/%ff/invocations',
  '/2015-03-31/functions/constructor/invocations',
  '/2015-03-31/functions//invocations',
  '/_soundcheck/x',
];

const render = ({ method, target, headers }: Head): string =>
  [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\r\n',
  );

/** Adds what each request has, the body in one of the ways in which HTTP sends it, or a wrong one. */
const finish = (
  service: string,
  operation: string,
  head: Head,
  body: string | Buffer,
  dice: Dice,
): Request => {
  const bytes = Buffer.from(body);
  const common: [string, string][] = [
    ['host', 'localhost:PORT'],
    ['connection', 'close'],
  ];
  const made = (headers: [string, string][], ...pieces: Piece[]) => [
    Buffer.from(render({ ...head, headers: [...common, ...head.headers, ...headers] }), 'latin1'),
    ...pieces,
  ];
  const length = String(bytes.length);
  const what = { service, operation };
  if (dice.chance(0.9)) return { ...what, pieces: made([['content-length', length]], bytes) };
  const ways: (() => Request)[] = [
    () => ({ ...what, pieces: made([['transfer-encoding', 'chunked']], ...chunksOf(bytes)) }),
    () => ({ ...what, pieces: made([['transfer-encoding', 'chunked']], 'zz\r\n'), isOdd: true }),
    () => ({
      ...what,
      pieces: made([['transfer-encoding', 'gzip, chunked']], ...chunksOf(bytes)),
      isOdd: true,
    }),
    () => ({ ...what, pieces: made([['content-length', '-5']], bytes), isOdd: true }),
    () => ({
      ...what,
      pieces: made(
        [
          ['content-length', length],
          ['content-length', '1'],
        ],
        bytes,
      ),
      isOdd: true,
    }),
    () => ({
      ...what,
      pieces: made([['content-length', String(bytes.length + 10)]], bytes),
      expected: 0,
      leaves: true,
    }),
    () => ({
      ...what,
      pieces: made([['content-length', length]], bytes.subarray(0, 3)),
      expected: 0,
      leaves: true,
    }),
    () => ({ ...what, pieces: made([['content-length', length]], bytes), expected: 0, leaves: true }),
    () => ({
      ...what,
      pieces: made(
        [
          ['content-length', length],
          ['expect', '100-continue'],
        ],
        bytes,
      ),
    }),
    () => ({
      ...what,
      pieces: made(
        [
          ['content-length', length],
          ['expect', 'x'],
        ],
        bytes,
      ),
      isOdd: true,
    }),
    () => ({
      ...what,
      pieces: made(
        [
          ['content-length', length],
          ['upgrade', 'h2c'],
          ['connection', 'upgrade'],
        ],
        bytes,
      ),
      isOdd: true,
    }),
    () => ({
      ...what,
      pieces: made(
        [
          ['content-length', length],
          ['x-odd', 'y'.repeat(20_000)],
        ],
        bytes,
      ),
      isOdd: true,
    }),
    () => ({
      ...what,
      pieces: made([['content-length', length]], 20, bytes.subarray(0, 5), 20, bytes.subarray(5)),
    }),
    () => {
      const frame = dice.pick(frames);
      const headers: [string, string][] = [
        ['content-encoding', 'aws-chunked'],
        ['x-amz-content-sha256', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'],
        ['x-amz-decoded-content-length', dice.pick([length, '5', '99999999999999'])],
        ['content-length', String(frame.length)],
      ];
      return { ...what, pieces: made(headers, frame) };
    },
  ];
  return dice.pick(ways)();
};

const chunksOf = (bytes: Buffer): Piece[] => [
  ...(bytes.length > 0 ? [`${bytes.length.toString(16)}\r\n`, bytes, '\r\n'] : []),
  '0\r\n\r\n',
];

/** Bodies that are framed in `aws-chunked`, most of them wrongly. */
const frames = [
  '5\r\nabcde\r\n0\r\n\r\n',
  '5;chunk-signature=00\r\nabcde\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n',
  'FFFFFFFFFFFF\r\nabc',
  'FFFFFFFFFFFFFFFFFFFFFFFF\r\nabc',
  '-1\r\nabc\r\n',
  'zz\r\n',
  '5\r\nabc',
  '5\r\nabcdefgh\r\n0\r\n\r\n',
  '0\r\nno colon\r\n\r\n',
  `0\r\n${'x'.repeat(40_000)}`,
  'a'.repeat(40_000),
  '',
];

/** Requests that are no HTTP, or whose first line is odd. */
export const rawRequests = (): Request[] => {
  const odd = (operation: string, ...pieces: Piece[]): Request => ({
    ...{ service: 'http', operation, isOdd: true },
    pieces,
  });
  const host = 'host: localhost:PORT\r\nconnection: close\r\n';
  return [
    odd('HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    odd('TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03])),
    odd('no version', 'GET /\r\n\r\n'),
    odd('unknown method', `BREW / HTTP/1.1\r\n${host}\r\n`),
    odd('no host', 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n'),
    odd('HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'),
    odd('CONNECT', `CONNECT a:1 HTTP/1.1\r\n${host}\r\n`),
    odd('TRACE', `TRACE / HTTP/1.1\r\n${host}\r\n`),
    odd('a long first line', `GET /${'x'.repeat(70_000)} HTTP/1.1\r\n${host}\r\n`),
    odd('a long header', `GET / HTTP/1.1\r\n${host}x: ${'y'.repeat(70_000)}\r\n\r\n`),
    odd('many headers', `GET / HTTP/1.1\r\n${host}${'a: b\r\n'.repeat(2_500)}\r\n`),
    odd('a broken header', `GET / HTTP/1.1\r\n${host}: x\r\n\r\n`),
    odd('NUL in a header', `GET / HTTP/1.1\r\n${host}x: a\u0000b\r\n\r\n`),
    odd(
      'a smuggled request',
      `POST / HTTP/1.1\r\n${host}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ),
    odd('bytes', Buffer.from(Array.from({ length: 256 }, (_, index) => index))),
    {
      service: 's3',
      operation: 'pipelined',
      expected: 3,
      pieces: [`GET / HTTP/1.1\r\nhost: localhost:PORT\r\n\r\n`.repeat(3)],
    },
  ];
};
