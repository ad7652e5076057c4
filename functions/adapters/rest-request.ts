import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Agent, type Dispatcher } from 'undici';
import { isRetried } from '../sources/index.ts';
import { PipelineError } from '../values/index.ts';

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

/** Connections of one pull. */
export const agentOf = ({ connect_seconds }: { readonly connect_seconds: number }): Agent =>
  new Agent({ connect: { timeout: connect_seconds * 1000 } });

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
  readonly body: Readable;
};

const redirects = new Set([301, 302, 303, 307, 308]);
const mostRedirects = 5;

/**
 * Sends one request and follows redirects; what belongs to the first server goes to no other one. Returns an answer of status
 * 200 or 401, else throws `TryFailed`. `over` ends the request with its body.
 */
export const send = async (
  agent: Agent,
  asked: Asked,
  limits: TimeLimits,
  over: AbortSignal,
): Promise<Answered> => {
  let url = new URL(asked.url);
  for (let hops = 0; ; hops++) {
    const answer = await sendOnce(agent, asked, url, limits, over);
    const { statusCode: status, headers } = answer;
    const location = textOf(headers.location);
    if (redirects.has(status) && location !== undefined && asked.method !== 'POST') {
      await empty(answer);
      if (hops === mostRedirects) throw new TryFailed('it redirects too often', false, { status });
      url = redirected(url, location, status);
      continue;
    }
    const isOwn = url.origin === new URL(asked.url).origin;
    if (status === 200) return { status, link: textOf(headers.link), body: uncompressed(answer) };
    await empty(answer);
    if (status === 401 && isOwn) return { status, link: undefined, body: answer.body };
    const retryAfter = textOf(headers['retry-after']);
    throw new TryFailed(`it answers with status ${status}`, isRetried(status), {
      status,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }
};

const sendOnce = async (
  agent: Agent,
  asked: Asked,
  url: URL,
  limits: TimeLimits,
  over: AbortSignal,
): Promise<Dispatcher.ResponseData> => {
  const isOwn = url.origin === new URL(asked.url).origin;
  const full = new URL(url);
  for (const [name, value] of Object.entries((isOwn && asked.ownQuery) || {}))
    full.searchParams.set(name, value);
  try {
    return await agent.request({
      origin: full.origin,
      path: `${full.pathname}${full.search}`,
      method: asked.method ?? 'GET',
      headers: { 'accept-encoding': 'gzip', ...asked.headers, ...(isOwn ? asked.ownHeaders : {}) },
      body: asked.body ?? null,
      headersTimeout: limits.headers_seconds * 1000,
      bodyTimeout: limits.idle_seconds * 1000,
      signal: over,
    });
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

const textOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(', ') : header;

/** Reads what is left of a small body, so that its connection can be used again. */
const empty = async ({ body }: Dispatcher.ResponseData): Promise<void> => {
  try {
    await body.dump({ limit: 64 * 1024 });
  } catch {
    // The answer has been understood; its connection is closed.
  }
};

const uncompressed = ({ headers, body }: Dispatcher.ResponseData): Readable => {
  const encoding = (textOf(headers['content-encoding']) ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    body.on('error', () => {});
    body.destroy();
    throw new TryFailed(
      `its answer is compressed as ${JSON.stringify(encoding.slice(0, 40))}, not gzip`,
      false,
    );
  }
  // Errors of both come out of the reading of the second one.
  return pipeline(body, createGunzip(), () => {});
};

/** Codes of errors, and what they mean. */
const reasons: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'it does not accept the connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'it does not begin to answer in time',
  UND_ERR_BODY_TIMEOUT: 'its answer stopped for too long',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its answer ends early',
  Z_BUF_ERROR: 'its answer ends early',
  ECONNREFUSED: 'it does not accept the connection',
  ENOTFOUND: 'its host name is not known',
};

/** Failures of the network; `over` tells the time limit of the whole request. */
export const asTryFailed = (cause: unknown, over: AbortSignal): TryFailed => {
  if (cause instanceof TryFailed) return cause;
  if (over.aborted) return new TryFailed('the whole request takes too long', true);
  const code = codeOf(cause);
  const isTls = /CERT|ERR_TLS|ERR_SSL|SELF_SIGNED/.test(code);
  if (isTls) return new TryFailed(`its certificate is not valid (${code})`, false, {}, { cause });
  if (code.startsWith('Z_') && code !== 'Z_BUF_ERROR')
    return new TryFailed('its answer is not gzip', false, {}, { cause });
  const isNetwork = code !== '' && !/^UND_ERR_(INVALID|NOT_SUPPORTED|ABORTED)/.test(code);
  return new TryFailed(
    reasons[code] ?? (isNetwork ? `the connection broke (${code})` : 'the request could not be sent'),
    isNetwork,
    {},
    { cause },
  );
};

const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
