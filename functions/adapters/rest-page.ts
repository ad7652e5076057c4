import type { Clock, Timer } from '../pipeline/index.ts';
import {
  ContentHash,
  JsonRecords,
  type Outside,
  type PageSaid,
  Prefix,
  pathKeys,
  type RestSource,
  SourceFailed,
} from '../sources/index.ts';
import { NotASecret, UnreadableSecret } from './errors.ts';
import { shownUrl } from './rest-address.ts';
import type { Connections } from './rest-connections.ts';
import type { Authorisation, Credentials } from './rest-credentials.ts';
import { type Answered, send, TryFailed } from './rest-request.ts';
import { RestTries } from './rest-tries.ts';
import { isTransient } from './transient.ts';

/** Records are handed on when they have so many characters together, or at the end of their page. */
const chunkLength = 2 ** 18;

/** A source that is read by one pull. */
export type OpenPull = {
  readonly source: RestSource;
  readonly connections: Connections;
  readonly credentials: Credentials;
  readonly clock: Clock & Timer;
};

/**
 * The records of a page. If it breaks off, it is asked for again, and goes on behind the records that were handed on, which must be
 * the same. Throws `SourceFailed`.
 */
export async function* readPage(
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
    const isOfSecret = cause instanceof NotASecret || cause instanceof UnreadableSecret;
    const why = isOfSecret ? cause.message : 'the token could not be fetched';
    throw new TryFailed(why, isTransient(cause), {}, { cause });
  }
};

/** Names of headers, so that each is sent once. */
const inLowerCase = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** A 401 fetches token or secret again, once. */
const authorised = async (pull: OpenPull, url: string, over: AbortSignal): Promise<Answered> => {
  const { source, connections, credentials } = pull;
  const ask = async () => {
    const sent = await authorisation(credentials);
    const ownHeaders = { accept: 'application/json', ...inLowerCase({ ...source.headers, ...sent.headers }) };
    const answer = await send(
      connections,
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
