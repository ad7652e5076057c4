import { Agent } from 'undici';
import type { Clock, Pulled, Secrets, Timer } from '../pipeline/index.ts';
import {
  ContentHash,
  JsonRecords,
  type Outside,
  type PageSaid,
  Pages,
  Prefix,
  pathKeys,
  type RestSource,
  SourceFailed,
  type Window,
  withVariables,
} from '../sources/index.ts';
import { NotASecret } from './errors.ts';
import { type Authorisation, type Credentials, openCredentials } from './rest-credentials.ts';
import { type Answered, type Asked, send, TryFailed } from './rest-request.ts';
import { RestTries } from './rest-tries.ts';
import { isTransient } from './transient.ts';

export type RestPorts = {
  readonly secrets: Secrets;
  readonly clock: Clock & Timer;
  /** A variable of the environment; throws if it is missing. */
  readonly env: (name: string) => string;
};

/** Records are handed on when they have so many characters together, or at the end of their page. */
const chunkLength = 2 ** 18;
const mostTokenBytes = 2 ** 20;

/**
 * Opens APIs over HTTP. Pulls of one source share its credentials. `window` is asked for as it is; a page that breaks off is
 * asked for again, and must then begin with the same records.
 */
export const restSource = (ports: RestPorts) => {
  const credentials = new Map<string, Credentials>();
  return {
    open: async (source: RestSource, window: Window): Promise<Pulled> => {
      const url = withVariables(source.url, ports.env);
      assertSafe(source, url);
      const key = JSON.stringify([new URL(url).origin, source.auth]);
      const known = credentials.get(key) ?? openCredentialsOf(source, ports);
      credentials.set(key, known);
      return { pages: pagesOf({ ...ports, source, credentials: known }, url, window) };
    },
  };
};

type Pull = RestPorts & {
  readonly source: RestSource;
  readonly credentials: Credentials;
};

/** A secret goes over TLS, or stays on this machine. */
const assertSafe = ({ auth }: RestSource, url: string): void => {
  if (!URL.canParse(url)) throw new SourceFailed('the url of the source is no URL');
  const isOpen = auth.kind === 'none' || isPrivate(url);
  if (!isOpen) throw new SourceFailed('secrets are sent over https only', { url: shownUrl(url) });
};

const isPrivate = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
};

/** Query and user may hold secrets. */
const shownUrl = (url: string): string => {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
};

const openCredentialsOf = (source: RestSource, ports: RestPorts): Credentials =>
  openCredentials(source.auth, {
    ...ports,
    askToken: async (url, form, headers) => {
      if (!isPrivate(url)) throw new SourceFailed('secrets are sent over https only', { url: shownUrl(url) });
      const asked = {
        url,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        ownHeaders: headers,
        body: new URLSearchParams(form).toString(),
      } as const;
      const agent = agentOf(source);
      try {
        return await askToken(agent, asked, source, new RestTries(source.limits, ports.clock, shownUrl(url)));
      } finally {
        await agent.destroy();
      }
    },
  });

const agentOf = ({ limits }: RestSource): Agent =>
  new Agent({ connect: { timeout: limits.connect_seconds * 1000 } });

/** The body of a token endpoint's answer; undefined if it rejects the client (400, 401). */
const askToken = async (
  agent: Agent,
  asked: Asked,
  { limits }: RestSource,
  tries: RestTries,
): Promise<string | undefined> => {
  for (;;) {
    const over = tries.begin();
    try {
      const { status, body } = await send(agent, asked, limits, over);
      if (status === 401) return undefined;
      return await textOf(body);
    } catch (error) {
      if (error instanceof TryFailed && error.facts.status === 400) return undefined;
      await tries.failed(error);
    } finally {
      tries.end();
    }
  }
};

const textOf = async (body: AsyncIterable<Buffer>): Promise<string> => {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > mostTokenBytes) throw new TryFailed('the answer with the token is too long', false);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
};

async function* pagesOf(pull: Pull, url: string, window: Window): AsyncGenerator<readonly string[]> {
  const agent = agentOf(pull.source);
  const pages = new Pages(pull.source, url, window);
  try {
    let next = pages.firstUrl;
    for (let page = 1; ; page++) {
      const said = yield* readPage({ ...pull, agent }, next, page);
      const step = pages.after(said);
      if (step.kind === 'end') return;
      if (step.kind === 'broken') throw new SourceFailed(step.reason, { url: shownUrl(next), page });
      next = step.url;
    }
  } finally {
    await agent.destroy();
  }
}

type OpenPull = Pull & { readonly agent: Agent };

async function* readPage(
  pull: OpenPull,
  url: string,
  page: number,
): AsyncGenerator<readonly string[], PageSaid> {
  const tries = new RestTries(pull.source.limits, pull.clock, shownUrl(url), page);
  const handedOn = new Prefix();
  for (;;) {
    const over = tries.begin();
    try {
      return yield* tryPage(pull, url, handedOn, over);
    } catch (error) {
      await tries.failed(error);
    } finally {
      tries.end();
    }
  }
}

/** Hands on the records of a page behind those that were handed on before. */
async function* tryPage(
  pull: OpenPull,
  url: string,
  handedOn: Prefix,
  over: AbortSignal,
): AsyncGenerator<readonly string[], PageSaid> {
  const { source } = pull;
  const { link, body } = await authorised(pull, url, over);
  const reader = new JsonRecords(pathKeys(source.records), source.limits.max_record_bytes);
  const hash = new ContentHash();
  const before = handedOn.compare();
  let chunk: string[] = [];
  let length = 0;
  for await (const part of body) {
    for (const record of reader.push(part)) {
      hash.add(record);
      if (before.isInside) {
        if (before.take(record) === 'changed') throw changed();
      } else {
        chunk.push(record);
        length += record.length;
      }
    }
    if (length >= chunkLength) {
      handedOn.add(chunk);
      yield chunk;
      [chunk, length] = [[], 0];
    }
  }
  const outside = reader.end();
  if (before.isInside) throw changed();
  if (hasError(source, outside)) throw new TryFailed(`its answer has an error at ${source.error}`, false);
  if (chunk.length > 0) {
    handedOn.add(chunk);
    yield chunk;
  }
  return { records: hash.count, hash: hash.hex(), outside, link };
}

const changed = (): TryFailed =>
  new TryFailed('the page broke off, and has other records when it is asked for again', false);

/** Null, false, an empty text and an empty list are no error. */
const hasError = ({ error }: RestSource, outside: Outside): boolean => {
  if (error === undefined) return false;
  const value = outside(pathKeys(error));
  if (value.kind === 'nothing') return false;
  return 'isEmpty' in value ? !value.isEmpty : value.text !== '' && value.text !== 'false';
};

const authorisation = async (credentials: Credentials): Promise<Authorisation> => {
  try {
    return await credentials.get();
  } catch (cause) {
    if (cause instanceof SourceFailed) throw cause;
    const why = cause instanceof NotASecret ? cause.message : 'the secret could not be read';
    throw new TryFailed(why, isTransient(cause), {}, { cause });
  }
};

/** Names of headers, so that each is sent once. */
const inLowerCase = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** A 401 fetches token or secret again, once. */
const authorised = async (pull: OpenPull, url: string, over: AbortSignal): Promise<Answered> => {
  const { source, agent, credentials } = pull;
  const ask = async () => {
    const sent = await authorisation(credentials);
    const ownHeaders = { accept: 'application/json', ...inLowerCase({ ...source.headers, ...sent.headers }) };
    const answer = await send(
      agent,
      { url, headers: {}, ownHeaders, ownQuery: sent.query },
      source.limits,
      over,
    );
    return { sent, answer };
  };
  const first = await ask();
  if (first.answer.status !== 401) return first.answer;
  credentials.forget(first.sent);
  const { answer } = await ask();
  if (answer.status === 401) throw new TryFailed('it rejects the credentials', false, { status: 401 });
  return answer;
};
