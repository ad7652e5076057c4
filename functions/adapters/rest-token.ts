import type { Clock, Timer } from '../pipeline/index.ts';
import type { RestSource } from '../sources/index.ts';
import { assertSafe, shownUrl } from './rest-address.ts';
import { Connections } from './rest-connections.ts';
import type { AskToken } from './rest-credentials.ts';
import { type Asked, send, TryFailed } from './rest-request.ts';
import { RestTries } from './rest-tries.ts';

const mostTokenBytes = 2 ** 20;

/** Asks the token endpoint of a source, with the limits and retries of the source. */
export const tokenEndpoint =
  (source: RestSource, clock: Clock & Timer): AskToken =>
  async (url, form, headers) => {
    assertSafe(source, url);
    const asked = {
      url,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      ownHeaders: headers,
      body: new URLSearchParams(form).toString(),
    } as const;
    const connections = new Connections(source.limits);
    try {
      return await askToken(connections, asked, source, new RestTries(source.limits, clock, shownUrl(url)));
    } finally {
      connections.close();
    }
  };

/** The body of a token endpoint's answer; undefined if it rejects the client (400, 401). */
const askToken = async (
  connections: Connections,
  asked: Asked,
  { limits }: RestSource,
  tries: RestTries,
): Promise<string | undefined> => {
  for (;;) {
    const over = tries.begin();
    try {
      const { status, body } = await send(connections, asked, limits, over);
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
