import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, openGateway, type Services } from '../../../local/cloud/gateway.ts';
import { readBody } from '../../../local/cloud/read-body.ts';
import { S3Error } from '../../../local/cloud/s3/error.ts';
import { respond } from '../../../local/cloud/s3/reply.ts';
import { send } from '../../torture/requests/socket.ts';

const PATIENCE = 400;
const seen: string[] = [];
let gateway: Gateway;
let port: number;

/** An S3 that reads bodies, answers `GET /large` with more than a socket holds, and rejects the rest before it reads. */
const s3: Services['s3'] = {
  isBucket: () => false,
  handle: (request, response) =>
    void respond(request, response, async () => {
      if (request.method === 'GET') return { status: 200, body: 'x'.repeat(64 * 2 ** 20) };
      if (request.url === '/early') throw new S3Error('NoSuchBucket');
      const body = await readBody(request, 2 ** 20);
      seen.push(body.toString());
      return { status: 200 };
    }),
};

beforeAll(async () => {
  const echo = { handle: async (_: string, input: Record<string, unknown>) => input, close: async () => {} };
  const services: Services = {
    ...{ s3, json: { glue: echo }, lambda: async () => ({ status: 200 }) },
    ...{ dynamodb: { handle: async (_, response) => void response.end() }, health: () => ({}) },
    deploy: async () => ({}),
  };
  gateway = await openGateway({ services: Promise.resolve(services), log: () => {}, patience: PATIENCE });
  port = Number(new URL(gateway.endpoint).port);
});
afterAll(() => gateway.close());

const head = (line: string, ...headers: string[]): string =>
  [`${line} HTTP/1.1`, `host: localhost:${port}`, ...headers, '', ''].join('\r\n');
const toGlue = ['x-amz-target: AWSGlue.GetJob', 'content-type: application/x-amz-json-1.1'];

const answered = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });

describe('the gateway', () => {
  test('answers 413 while a body without an end still arrives, and holds little of it', async () => {
    const before = process.memoryUsage().rss;
    const request = httpRequest(`${gateway.endpoint}/`, {
      method: 'POST',
      headers: { 'x-amz-target': 'AWSGlue.GetJob' },
    });
    const piece = Buffer.alloc(2 ** 20, 'x');
    let sent = 0;
    const endless = new Readable({
      read() {
        sent += 1;
        this.push(sent < 4_000 ? piece : null);
      },
    });
    endless.pipe(request);
    const response = await answered(request);
    endless.unpipe(request);
    request.destroy();
    expect(response.statusCode).toBe(413);
    expect(response.headers['x-amzn-errortype']).toBe('RequestEntityTooLargeException');
    expect(sent).toBeLessThan(200);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
  });

  test.each([
    ['a service with JSON', 'POST /', toGlue, 408, 'RequestTimeoutException'],
    ['S3', 'PUT /bucket/key', [], 400, '<Code>RequestTimeout</Code>'],
  ])('gives up a body for %s on which nothing arrives', async (_, line, headers, status, code) => {
    const pieces = [head(line, ...headers, 'content-length: 100'), '{"a":'];
    const { answers, end, milliseconds } = await send({ port, pieces, timeout: 5_000 });
    expect({ end, status: answers[0]?.status }).toEqual({ end: 'closed', status });
    expect(answers[0]?.body).toContain(code);
    expect(milliseconds).toBeGreaterThan(PATIENCE / 2);
  });

  test('waits for a body that arrives slowly', async () => {
    const slowly = [...'{"a":"slow"}'].flatMap((character) => [character, PATIENCE / 6]);
    const pieces = [head('PUT /bucket/key', 'content-length: 12'), ...slowly];
    const { answers } = await send({ port, pieces, timeout: 10_000 });
    expect(answers).toMatchObject([{ status: 200 }]);
    expect(seen).toContain('{"a":"slow"}');
  });

  test('lets a client that sends before it listens read an answer that came early', async () => {
    const socket = connect(port, '127.0.0.1').pause();
    socket.write(head('PUT /early', 'connection: close', 'content-length: 9999999'));
    for (let piece = 0; piece < 5; piece++) {
      await pause(PATIENCE / 40);
      socket.write('x'.repeat(10_000));
    }
    expect((await text(socket)).slice(0, 12)).toBe('HTTP/1.1 404');
  });

  test('closes the connection of a client that takes nothing of its answer', async () => {
    const request = httpRequest(`${gateway.endpoint}/large`).end();
    const response = await answered(request);
    const ended = new Promise((resolve) => {
      response.once('error', resolve).once('close', resolve);
    });
    response.pause();
    await pause(4 * PATIENCE);
    response.resume();
    await ended;
    expect(response.complete).toBe(false);
  });

  test('answers others while one stalls', async () => {
    const stalled = send({
      port,
      pieces: [head('POST /', ...toGlue, 'content-length: 9'), '{'],
      timeout: 5_000,
    });
    const body = '{"JobName":"a"}';
    const pieces = [head('POST /', ...toGlue, `content-length: ${body.length}`, 'connection: close'), body];
    const { answers, milliseconds } = await send({ port, pieces, timeout: 5_000 });
    expect(answers).toMatchObject([{ status: 200, body }]);
    expect(milliseconds).toBeLessThan(PATIENCE);
    await stalled;
  });
});
