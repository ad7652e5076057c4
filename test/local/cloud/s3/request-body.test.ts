import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LaptopS3, startS3 } from './laptop-s3.ts';

let laptop: LaptopS3;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
beforeAll(async () => {
  laptop = await startS3();
});
afterAll(async () => {
  agent.destroy();
  await laptop.close();
});

type Answer = { status: number | undefined; headers: IncomingHttpHeaders; text: string };

const send = (
  method: string,
  path: string,
  headers: Record<string, string | number>,
  pieces: readonly (string | Buffer)[] = [],
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(`${laptop.endpoint}${path}`, { method, headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    for (const piece of pieces) sent.write(piece);
    sent.end();
  });

const codeOf = ({ text }: Answer): string | undefined => /<Code>(\w+)<\/Code>/.exec(text)?.[1];
const checksum = (text: string): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64');
};
const framed = (kind: string, size: number) => ({
  'x-amz-content-sha256': kind,
  'content-encoding': 'aws-chunked',
  'x-amz-decoded-content-length': size,
});
const unsigned = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
const trailer = { 'x-amz-trailer': 'x-amz-checksum-crc32' };

it('takes off unsigned framing however the network cuts it', async () => {
  const body = `3\r\nhel\r\n8\r\nlo\r\nworl\r\n1\r\nd\r\n0\r\nx-amz-checksum-crc32:${checksum('hello\r\nworld')}\r\n\r\n`;
  for (const cut of [1, 2, 3, 7, body.length]) {
    const pieces = body.match(new RegExp(`[^]{1,${cut}}`, 'g')) ?? [];
    const answer = await send('PUT', '/plain/framed', { ...framed(unsigned, 12), ...trailer }, pieces);
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'x-amz-checksum-crc32': checksum('hello\r\nworld') },
    });
    expect((await send('GET', '/plain/framed', {})).text).toBe('hello\r\nworld');
  }
});

it.each([
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', ''],
  [
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    `x-amz-checksum-crc32:${checksum('hello')}\r\nx-amz-trailer-signature:ab\r\n`,
  ],
])('takes off the framing of %s', async (kind, trailers) => {
  const signature = `;chunk-signature=${'a'.repeat(64)}`;
  const body = `5${signature}\r\nhello\r\n0${signature}\r\n${trailers}\r\n`;
  const answer = await send('PUT', '/plain/signed', { ...framed(kind, 5), ...(trailers && trailer) }, [body]);
  expect(answer.status).toBe(200);
  expect((await send('GET', '/plain/signed', {})).text).toBe('hello');
});

it.each([
  ['a wrong trailer', '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', 5, 'BadDigest'],
  ['a missing trailer', '5\r\nhello\r\n0\r\n\r\n', 5, 'MalformedTrailerError'],
  ['a chunk that is cut short', '5\r\nhel', 5, 'IncompleteBody'],
  ['a size that is none', 'five\r\nhello\r\n0\r\n\r\n', 5, 'IncompleteBody'],
  [
    'a wrong decoded length',
    `5\r\nhello\r\n0\r\nx-amz-checksum-crc32:${checksum('hello')}\r\n\r\n`,
    6,
    'IncompleteBody',
  ],
])('rejects %s on a connection that stays usable', async (_, body, size, code) => {
  const answer = await send('PUT', '/plain/rejected', { ...framed(unsigned, size), ...trailer }, [body]);
  expect([answer.status, codeOf(answer)]).toEqual([400, code]);
  expect((await send('GET', '/plain/rejected', {})).status).toBe(404);
});

it('verifies the hash of the payload', async () => {
  const hash = createHash('sha256').update('hello').digest('hex');
  expect(
    (await send('PUT', '/plain/hashed', { 'x-amz-content-sha256': hash, 'content-length': 5 }, ['hello']))
      .status,
  ).toBe(200);
  const answer = await send('PUT', '/plain/hashed', { 'x-amz-content-sha256': hash, 'content-length': 5 }, [
    'hallo',
  ]);
  expect(codeOf(answer)).toBe('XAmzContentSHA256Mismatch');
});

it('wants to know the length', async () => {
  const answer = await send('PUT', '/plain/endless', { 'transfer-encoding': 'chunked' }, ['hello']);
  expect([answer.status, codeOf(answer)]).toEqual([411, 'MissingContentLength']);
});

it('answers an error to a large body that nobody reads', async () => {
  const large = randomBytes(20_000_000);
  const answer = await send('PUT', '/nowhere/large', { 'content-length': large.length }, [large]);
  expect([answer.status, codeOf(answer)]).toEqual([404, 'NoSuchBucket']);
});

it.each([
  ['at once', '/nowhere/large', ''],
  ['in the middle', '/plain/rejected', '5\r\nhello\r\nfive\r\n'],
])(
  'answers an error %s to a client that sends all of a large body before it listens',
  async (_, path, start) => {
    const large = Buffer.concat([Buffer.from(start), randomBytes(20_000_000)]);
    const framing = Object.entries({ ...framed(unsigned, 20_000_000), ...trailer }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    const { hostname, port } = new URL(laptop.endpoint);
    const socket = connect(Number(port), hostname);
    const head = [
      `PUT ${path} HTTP/1.1`,
      'Host: x',
      `Content-Length: ${large.length}`,
      ...framing,
      '',
      '',
    ].join('\r\n');
    await new Promise((sent) => socket.write(Buffer.concat([Buffer.from(head), large]), sent));
    await new Promise((sent) =>
      socket.write('GET /plain/absent HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', sent),
    );
    let heard = '';
    for await (const data of socket) heard += data;
    expect(heard.match(/<Code>\w+/g)).toEqual([
      path === '/nowhere/large' ? '<Code>NoSuchBucket' : '<Code>IncompleteBody',
      '<Code>NoSuchKey',
    ]);
  },
);

it('says 100 Continue to a client that waits for it', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(laptop.endpoint);
    const socket = connect(Number(port), hostname);
    let heard = '';
    socket.on('data', (data) => {
      heard += data;
      if (heard === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write('hello');
      if (heard.includes('200 OK')) socket.end();
    });
    socket.on('close', () => resolve(heard));
    socket.on('error', reject);
    socket.write(
      'PUT /plain/awaited HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n',
    );
  });
  expect(answer).toContain('200 OK');
  expect((await send('GET', '/plain/awaited', {})).text).toBe('hello');
});

it('keeps nothing of a body that breaks off', async () => {
  const count = async () => (await readdir(join(laptop.directory, 'objects'))).length;
  const before = await count();
  const { hostname, port } = new URL(laptop.endpoint);
  const socket = connect(Number(port), hostname);
  socket.write(`PUT /plain/broken HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(5000)}`);
  await expect.poll(count).toBe(before + 1);
  socket.destroy();
  await expect.poll(count).toBe(before);
  expect((await send('GET', '/plain/broken', {})).status).toBe(404);
});

it('finds the bucket in the host', async () => {
  const { port } = new URL(laptop.endpoint);
  for (const host of [`plain.localhost:${port}`, 'plain.s3.localhost', 'plain.s3.eu-west-1.amazonaws.com']) {
    expect((await send('PUT', '/hosted/key', { host, 'content-length': 1 }, ['x'])).status).toBe(200);
    expect((await send('GET', '/hosted/key', { host })).text).toBe('x');
  }
  expect((await send('GET', '/plain/hosted/key', { host: `localhost:${port}` })).text).toBe('x');
  expect((await send('GET', '/plain/hosted/key', { host: 'machine.lan' })).text).toBe('x');
});

it('says what it does not implement', async () => {
  for (const path of ['/plain?policy', '/plain?cors', '/plain/key?acl', '/plain/key?torrent']) {
    const answer = await send('GET', path, {});
    expect([path, answer.status, codeOf(answer)]).toEqual([path, 501, 'NotImplemented']);
  }
  expect(codeOf(await send('PATCH', '/plain/key', {}))).toBe('MethodNotAllowed');
  expect(codeOf(await send('GET', '/plain/%ff', {}))).toBe('InvalidURI');
});

it('ends a framed body that is longer than announced, or whose trailers have no end, while it arrives', async () => {
  const longer = '5\r\nhello\r\n'.repeat(3);
  const endless = `5\r\nhello\r\n0\r\n${Array.from({ length: 200 }, (_, index) => `a${index}:b\r\n`).join('')}`;
  const open = { ...framed(unsigned, 5), ...trailer, 'transfer-encoding': 'chunked' };
  for (const [body, code] of [
    [longer, 'IncompleteBody'],
    [endless, 'MalformedTrailerError'],
  ] as const) {
    const answer = await new Promise<Answer>((resolve, reject) => {
      // It is never ended: only an answer ends the wait.
      const sent = request(
        `${laptop.endpoint}/plain/endless`,
        { method: 'PUT', headers: open },
        (response) => {
          response.setEncoding('utf8').once('data', (text) => {
            resolve({ status: response.statusCode, headers: response.headers, text });
            sent.destroy();
          });
        },
      );
      sent.once('error', reject);
      sent.write(body);
    });
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status: 400, code });
  }
});

it('verifies documents too, before it does what they say', async () => {
  const key = '/plain/kept';
  await send('PUT', key, { 'content-length': 4 }, ['kept']);
  const body = '<Delete><Object><Key>kept</Key></Object></Delete>';
  const remove = (headers: Record<string, string>) =>
    send('POST', '/plain?delete', { 'content-length': body.length, ...headers }, [body]);
  const md5 = (text: string) => createHash('md5').update(text).digest('base64');
  expect(codeOf(await remove({ 'content-md5': md5('other') }))).toBe('BadDigest');
  expect(codeOf(await remove({ 'x-amz-checksum-crc32': checksum('other') }))).toBe('BadDigest');
  expect(codeOf(await remove({ 'x-amz-content-sha256': '0'.repeat(64) }))).toBe('XAmzContentSHA256Mismatch');
  expect((await send('GET', key, {})).text).toBe('kept');
  expect((await remove({ 'content-md5': md5(body), 'x-amz-checksum-crc32': checksum(body) })).status).toBe(
    200,
  );
  expect((await send('GET', key, {})).status).toBe(404);
});

it.each([
  ['x-amz-write-offset-bytes', '4'],
  ['x-amz-server-side-encryption-customer-algorithm', 'AES256'],
  ['x-amz-object-lock-mode', 'GOVERNANCE'],
])('replaces nothing if %s asks for something else', async (name, value) => {
  await send('PUT', '/plain/whole', { 'content-length': 4 }, ['kept']);
  expect(codeOf(await send('PUT', '/plain/whole', { 'content-length': 1, [name]: value }, ['x']))).toBe(
    'NotImplemented',
  );
  expect((await send('GET', '/plain/whole', {})).text).toBe('kept');
});

it('rejects tags of the system, and attributes that no object has', async () => {
  const tags = { 'content-length': 1, 'x-amz-tagging': 'aws:a=b' };
  expect(codeOf(await send('PUT', '/plain/tagged', tags, ['x']))).toBe('InvalidTag');
  await send('PUT', '/plain/whole', { 'content-length': 4 }, ['kept']);
  const attributes = (named: Record<string, string>) => send('GET', '/plain/whole?attributes', named);
  expect(codeOf(await attributes({}))).toBe('InvalidArgument');
  expect(codeOf(await attributes({ 'x-amz-object-attributes': 'ETag,Nothing' }))).toBe('InvalidArgument');
  expect((await attributes({ 'x-amz-object-attributes': 'ETag' })).status).toBe(200);
});
