import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isRetried } from '../sources/index.ts';
import { PipelineError } from '../values/index.ts';
import { type Connections, partsOf } from './rest-connections.ts';

/** A try of a request that failed: in a few words why, and whether another try may succeed. It shows no header and no query. */
export class TryFailed extends PipelineError {
  override readonly name = 'TryFailed';
  constructor(
    readonly reason: string,
    readonly mayRetry: boolean,
    readonly facts: { readonly status?: number; readonly retryAfter?: string } = {},
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** Time limits in seconds. */
export type TimeLimits = {
  readonly headers_seconds: number;
  readonly idle_seconds: number;
  readonly request_seconds: number;
};

export type Asked = {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that are sent to the server of `url` alone. */
  readonly ownHeaders: Readonly<Record<string, string>>;
  readonly ownQuery?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type Answered = {
  readonly status: number;
  readonly link: string | undefined;
  /** Without the answer's compression. */
  readonly body: AsyncIterable<Buffer>;
};

const redirects = new Set([301, 302, 303, 307, 308]);
const mostRedirects = 5;

/**
 * Sends one request and follows redirects; what belongs to the first server goes to no other one. Returns an answer of status
 * 200 or 401, else throws `TryFailed`. `over` ends the request with its body.
 */
export const send = async (
  connections: Connections,
  asked: Asked,
  limits: TimeLimits,
  over: AbortSignal,
): Promise<Answered> => {
  let url = new URL(asked.url);
  for (let hops = 0; ; hops++) {
    const answer = await sendOnce(connections, asked, url, limits, over);
    const { statusCode: status = 0, headers } = answer;
    const location = textOf(headers.location);
    if (redirects.has(status) && location !== undefined && asked.method !== 'POST') {
      await empty(answer, limits);
      if (hops === mostRedirects) throw new TryFailed('it redirects too often', false, { status });
      url = redirected(url, location, status);
      continue;
    }
    const isOwn = url.origin === new URL(asked.url).origin;
    if (status === 200) return { status, link: textOf(headers.link), body: bodyOf(answer, limits) };
    await empty(answer, limits);
    if (status === 401 && isOwn) return { status, link: undefined, body: answer };
    const retryAfter = textOf(headers['retry-after']);
    throw new TryFailed(`it answers with status ${status}`, isRetried(status), {
      status,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }
};

const sendOnce = async (
  connections: Connections,
  asked: Asked,
  to: URL,
  limits: TimeLimits,
  over: AbortSignal,
): Promise<IncomingMessage> => {
  const isOwn = to.origin === new URL(asked.url).origin;
  const url = new URL(to);
  for (const [name, value] of Object.entries((isOwn && asked.ownQuery) || {}))
    url.searchParams.set(name, value);
  const { method = 'GET', body } = asked;
  const headers = { 'accept-encoding': 'gzip', ...asked.headers, ...(isOwn ? asked.ownHeaders : {}) };
  try {
    return await connections.ask({ url, method, headers, body }, limits.headers_seconds, over);
  } catch (cause) {
    throw asTryFailed(cause, over);
  }
};

const redirected = (from: URL, location: string, status: number): URL => {
  if (!URL.canParse(location, from.href)) throw new TryFailed('it redirects to no URL', false, { status });
  const to = new URL(location, from);
  const isSafe = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
  if (!isSafe) throw new TryFailed('it redirects to a server without TLS', false, { status });
  return to;
};

/** Node reads each byte of a header as one character, but servers send UTF-8. */
const textOf = (header: string | string[] | undefined): string | undefined =>
  header === undefined ? undefined : Buffer.from([header].flat().join(', '), 'latin1').toString();

const mostEmptied = 2 ** 16;

/** Reads what is left of a small body, so that its connection can be used again. */
const empty = async (answer: IncomingMessage, { idle_seconds }: TimeLimits): Promise<void> => {
  let length = 0;
  try {
    for await (const part of partsOf(answer, idle_seconds)) {
      length += part.length;
      if (length > mostEmptied) return;
    }
  } catch {
    // The answer has been understood; its connection is closed.
  }
};

const bodyOf = (answer: IncomingMessage, { idle_seconds }: TimeLimits): AsyncIterable<Buffer> => {
  const encoding = (textOf(answer.headers['content-encoding']) ?? 'identity').trim().toLowerCase();
  const parts = partsOf(answer, idle_seconds);
  if (encoding === 'identity' || encoding === '') return parts;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    answer.destroy();
    throw new TryFailed(
      `its answer is compressed as ${JSON.stringify(encoding.slice(0, 40))}, not gzip`,
      false,
    );
  }
  // Errors of both come out of the reading of the second one.
  return pipeline(parts, createGunzip(), () => {});
};

/** Codes of errors, and what they mean. */
const reasons: Readonly<Record<string, string>> = {
  CONNECT_TOO_LONG: 'it does not accept the connection in time',
  HEADERS_TOO_LONG: 'it does not begin to answer in time',
  BODY_TOO_LONG: 'its answer stopped for too long',
  Z_BUF_ERROR: 'its answer ends early',
  ECONNREFUSED: 'it does not accept the connection',
  ENOTFOUND: 'its host name is not known',
};

/** Failures of the network; `over` tells the time limit of the whole request. */
export const asTryFailed = (cause: unknown, over: AbortSignal): TryFailed => {
  if (cause instanceof TryFailed) return cause;
  if (over.aborted) return new TryFailed('the whole request takes too long', true);
  const code = codeOf(cause);
  const isTls = /CERT|VERIFY|ERR_TLS|ERR_SSL/.test(code);
  if (isTls) return new TryFailed(`its certificate is not valid (${code})`, false, {}, { cause });
  if (code.startsWith('Z_') && code !== 'Z_BUF_ERROR')
    return new TryFailed('its answer is not gzip', false, {}, { cause });
  const isNetwork = code !== '' && !/^ERR_(INVALID|UNESCAPED)_/.test(code);
  return new TryFailed(
    reasons[code] ?? (isNetwork ? `the connection broke (${code})` : 'the request could not be sent'),
    isNetwork,
    {},
    { cause },
  );
};

const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
