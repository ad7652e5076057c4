import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Clock, Timer } from '../../../functions/pipeline/index.ts';

/** One request as the API got it. */
export type Got = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type Reply = (got: Got, response: ServerResponse, request: IncomingMessage) => unknown;

export type Api = {
  readonly url: string;
  /** Oldest first. */
  readonly got: Got[];
  /** Answers from now on. */
  reply: Reply;
  close(): Promise<void>;
};

/** An HTTP server on this machine that answers as a test says. */
export const openApi = async (): Promise<Api> => {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api');
    const body = await text(request);
    const { method = '', headers } = request;
    const got = { method, path: pathname, query: searchParams, headers, body };
    api.got.push(got);
    api.reply(got, response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: Api = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got: [],
    reply: (_, response) => json(response, []),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
};

export const json = (
  response: ServerResponse,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): void => {
  const told = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(told);
};

/** Answers each request by the next of these; the last one answers all further requests. */
export const inTurn = (...replies: readonly Reply[]): Reply => {
  let at = 0;
  return (got, response, request) => replies[Math.min(at++, replies.length - 1)]?.(got, response, request);
};

export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Reply =>
  (_, response) =>
    json(response, { error: 'no' }, headers, code);

/** Time that passes only while somebody waits. */
export const manualClock = (): Clock & Timer & { readonly waits: number[] } => {
  let now = Date.parse('2024-02-01T03:00:00.000Z');
  const waits: number[] = [];
  return {
    waits,
    now: () => new Date(now).toISOString(),
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
    },
  };
};
