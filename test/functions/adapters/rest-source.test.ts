import { once } from 'node:events';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { restSource } from '../../../functions/adapters/rest-source.ts';
import { SourceFailed } from '../../../functions/sources/index.ts';
import { authority } from '../../../local/sources/certificates.ts';
import { restSourceWith } from '../sources/source.ts';
import { type Api, inTurn, json, manualClock, openApi, type Reply, status } from './api.ts';

const window = { from: '2024-01-01', to: '2024-01-31' };
const arn = 'arn:aws:secretsmanager:eu-central-1:1:secret:shop';

let api: Api;
let other: Api;
let clock = manualClock();
let secrets: Record<string, string> = {};
let reads = 0;
let rests = restSource(portsNow());

function portsNow() {
  return {
    clock: { now: () => clock.now(), wait: (milliseconds: number) => clock.wait(milliseconds) },
    env: (name: string) => {
      if (name !== 'API') throw new Error(`no ${name}`);
      return api.url;
    },
    secrets: {
      read: async (name: string) => {
        reads++;
        const found = secrets[name];
        if (found === undefined) throw new Error('AccessDenied');
        return found;
      },
    },
  };
}

beforeAll(async () => {
  [api, other] = await Promise.all([openApi(), openApi()]);
});
beforeEach(() => {
  for (const one of [api, other]) one.got.length = 0;
  clock = manualClock();
  secrets = {};
  reads = 0;
  rests = restSource(portsNow());
});
afterEach(() => {
  api.reply = (_, response) => json(response, []);
});
afterAll(() => Promise.all([api.close(), other.close()]));

const sourceWith = (changes: Readonly<Record<string, unknown>> = {}) =>
  restSourceWith({ url: '$' + '{API}/users', ...changes });

/** All records of a pull. */
const pull = async (changes: Readonly<Record<string, unknown>> = {}): Promise<string[]> => {
  const { pages } = await rests.open(sourceWith(changes), window);
  const records: string[] = [];
  for await (const page of pages) records.push(...page);
  return records;
};

/** How a pull fails, and what had been handed on by then. */
const failure = async (changes: Readonly<Record<string, unknown>> = {}): Promise<SourceFailed> => {
  try {
    await pull(changes);
  } catch (error) {
    if (error instanceof SourceFailed) return error;
    throw error;
  }
  throw new Error('the pull succeeded');
};

const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => ({ id: from + at }));
const texts = (from: number, to: number) => ids(from, to).map((one) => JSON.stringify(one));
const send =
  (body: unknown, headers: Readonly<Record<string, string>> = {}): Reply =>
  (_, response) =>
    json(response, body, headers);

describe('pages', () => {
  test('are asked for with the window, and their records come as they were sent', async () => {
    api.reply = send('[ {"id": 1, "price": 1.10, "name": "\\u00e4 b"},\r\n {"id":2} ]');
    expect(await pull({ headers: { 'X-Version': '3', Accept: 'text/json' } })).toEqual([
      '{"id":1,"price":1.10,"name":"\\u00e4 b"}',
      '{"id":2}',
    ]);
    expect(api.got).toHaveLength(1);
    expect(api.got[0]).toMatchObject({
      method: 'GET',
      path: '/users',
      headers: { 'x-version': '3', accept: 'text/json' },
    });
    expect(api.got[0]?.query.toString()).toBe('start_date=2024-01-01&end_date=2024-01-31');
  });

  test('may be none: an empty month is a success', async () => {
    expect(await pull()).toEqual([]);
  });

  test('by number end at an empty page, not at a short one', async () => {
    const sizes = [10, 3, 10, 0];
    api.reply = ({ query }, response) => {
      const page = Number(query.get('page'));
      json(response, ids(page * 10, page * 10 + (sizes[page - 1] ?? 0)));
    };
    const records = await pull({ paging: { kind: 'page', size: 10, size_parameter: 'per_page' } });
    expect(records).toEqual([...texts(10, 20), ...texts(20, 23), ...texts(30, 40)]);
    expect(api.got).toHaveLength(4);
    expect(api.got[3]?.query.get('per_page')).toBe('10');
  });

  test('by offset lose nothing where the server sends fewer than asked for', async () => {
    api.reply = ({ query }, response) => {
      const offset = Number(query.get('offset'));
      json(response, { total: 25, items: ids(offset, Math.min(offset + 10, 25)) });
    };
    const paging = { kind: 'offset', size: 1000, total: '$.total' };
    expect(await pull({ paging, records: '$.items' })).toEqual(texts(0, 25));
    expect(api.got).toHaveLength(3);
  });

  test('by cursor go on behind an empty page, with cursors of more digits than a double', async () => {
    const cursors = ['90071992547409931', '90071992547409932', '90071992547409933'];
    const bodies = [ids(0, 2), [], ids(2, 3), ids(3, 4)];
    api.reply = ({ query }, response) => {
      const at = cursors.indexOf(query.get('after') ?? '') + 1;
      json(response, `{"next":${cursors[at] ?? 'null'},"items":${JSON.stringify(bodies[at])}}`);
    };
    const paging = { kind: 'cursor', parameter: 'after', next: '$.next' };
    expect(await pull({ paging, records: '$.items' })).toEqual(texts(0, 4));
    expect(api.got.map(({ query }) => query.get('after'))).toEqual([null, ...cursors]);
    expect(api.got.every(({ query }) => query.get('start_date') === '2024-01-01')).toBe(true);
  });

  test('by the header Link and by a URL in the body follow what the source says', async () => {
    api.reply = ({ query }, response) => {
      const page = Number(query.get('p') ?? 1);
      const next = page < 3 ? `${api.url}/users?p=${page + 1}` : undefined;
      const link = { link: next ? `<${next}>; rel="next"` : '</users>; rel="first"' };
      json(response, { next, items: ids(page, page + 1) }, link);
    };
    for (const paging of [{ kind: 'link_header' }, { kind: 'next_url', next: '$.next' }])
      expect(await pull({ paging, records: '$.items' })).toEqual(texts(1, 4));
  });

  test('that link to themselves fail the pull, also the last one', async () => {
    api.reply = ({ query }, response) => {
      const page = Math.min(Number(query.get('p') ?? 1), 2);
      json(response, { next: `/users?p=2`, items: ids(page, page + 1) });
    };
    const error = await failure({ paging: { kind: 'next_url', next: '$.next' }, records: '$.items' });
    expect(error).toMatchObject({
      reason: 'the page names as its next page one that was there before',
      facts: { url: `${api.url}/users`, page: 2 },
    });
    expect(api.got).toHaveLength(2);
  });

  test('with the records of another page fail the pull: a server that does not know the parameter', async () => {
    api.reply = inTurn(send(ids(0, 3)), send(ids(0, 3).reverse()));
    expect((await failure({ paging: { kind: 'page' } })).reason).toBe(
      'the page repeats the records of another page',
    );
  });
});

describe('an answer that is not what the source declares', () => {
  test.each<[string, Reply, RegExp, Readonly<Record<string, unknown>>]>([
    ['an error with status 200', send({ error: 'overloaded' }), /no list of records/, {}],
    [
      'an error beside records',
      send({ error: { code: 7 }, items: [] }),
      /an error at \$\.error/,
      { records: '$.items', error: '$.error' },
    ],
    ['a page for people', send('<html>Please log in</html>'), /is not JSON/, {}],
    ['a missing root', send({ data: {} }), /no list of records/, { records: '$.data.items' }],
    ['null', send('null'), /no list of records/, {}],
    ['a record that is not JSON', send('[{"id":1},{"id":}]'), /record 2 .* is not JSON/, {}],
    [
      'a record that is too large',
      send([{ id: 'x'.repeat(200) }]),
      /record 1 has more than 100 bytes/,
      { limits: { max_record_bytes: 100 } },
    ],
    ['status 204', (_, response) => response.writeHead(204).end(), /status 204/, {}],
    ['status 206', status(206), /status 206/, {}],
    ['status 403', status(403), /status 403/, {}],
    ['status 404', status(404), /status 404/, {}],
    ['another compression', send('[]', { 'content-encoding': 'br' }), /compressed as "br"/, {}],
    ['gzip that is none', send('[]', { 'content-encoding': 'gzip' }), /not gzip/, {}],
  ])('fails at once: %s', async (_, reply, message, changes) => {
    api.reply = reply;
    const error = await failure(changes);
    expect(error.message).toMatch(message);
    expect(error.facts).toMatchObject({ url: `${api.url}/users`, page: 1, attempt: 1 });
    expect(api.got).toHaveLength(1);
    expect(clock.waits).toEqual([]);
  });

  test('is no error where the place of an error has nothing', async () => {
    for (const error of [null, false, '', [], {}]) {
      api.reply = send({ error, items: ids(0, 1) });
      expect(await pull({ records: '$.items', error: '$.error' })).toEqual(texts(0, 1));
    }
  });
});

describe('a request that fails', () => {
  test('is sent again for 429, 5xx and 408, with longer and longer waits', async () => {
    api.reply = inTurn(status(429), status(500), status(503), status(408), send(ids(0, 2)));
    expect(await pull()).toEqual(texts(0, 2));
    expect(clock.waits).toHaveLength(4);
    for (const [at, wait] of clock.waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(500 * 2 ** at);
      expect(wait).toBeLessThanOrEqual(1000 * 2 ** at);
    }
  });

  test('fails the pull behind the last retry, with page, status and try', async () => {
    api.reply = ({ query }, response) =>
      query.get('page') === '1' ? json(response, ids(0, 2)) : json(response, {}, {}, 503);
    expect((await failure({ paging: { kind: 'page' }, limits: { retries: 3 } })).facts).toEqual({
      url: `${api.url}/users`,
      page: 2,
      status: 503,
      attempt: 4,
    });
    expect(api.got).toHaveLength(5);
  });

  test.each([
    ['absent', undefined, 500, 1000],
    ['0', '0', 500, 1000],
    ['in the past', 'Wed, 31 Jan 2024 00:00:00 GMT', 500, 1000],
    ['7 seconds', '7', 7000, 7000],
    ['a date in 9 seconds', 'Thu, 01 Feb 2024 03:00:09 GMT', 9000, 9000],
    ['an hour', '3600', 60_000, 60_000],
  ])('waits as Retry-After says, up to a limit: %s', async (_, value, least, most) => {
    api.reply = inTurn(status(429, value === undefined ? {} : { 'retry-after': value }), send(ids(0, 1)));
    expect(await pull({ limits: { retry_after_seconds: 60 } })).toEqual(texts(0, 1));
    expect(clock.waits).toHaveLength(1);
    expect(clock.waits[0]).toBeGreaterThanOrEqual(least);
    expect(clock.waits[0]).toBeLessThanOrEqual(most);
  });

  const half = JSON.stringify(ids(0, 10)).slice(0, 60);
  test.each<[string, Reply, RegExp]>([
    ['the connection is cut before the headers', (_, response) => response.destroy(), /the connection broke/],
    [
      'the connection is cut in the body',
      (_, response) => void response.write(half, () => response.destroy()),
      /the connection broke/,
    ],
    [
      'the body is shorter than its length',
      (_, response) => {
        response.writeHead(200, { 'content-length': 500 });
        response.write(half, () => response.destroy());
      },
      /the connection broke|ends early/,
    ],
    ['the body ends early', send(half), /ends early, after 7 records/],
    ['the body is empty', send(''), /the body is empty/],
    [
      'the gzip ends early',
      (_, response) => {
        const whole = gzipSync(JSON.stringify(ids(0, 1000)));
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(whole.subarray(0, whole.length - 20));
      },
      /its answer ends early/,
    ],
    ['the body stops', (_, response) => void response.write(half), /its answer stopped for too long/],
    ['the answer does not begin', () => {}, /does not begin to answer in time/],
    [
      'the body goes on for too long',
      (_, response) => {
        const timer = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(timer));
      },
      /the whole request takes too long/,
    ],
  ])('is sent again where %s, and else fails the pull', async (_, reply, reason) => {
    const limits = { idle_seconds: 0.4, headers_seconds: 0.4, request_seconds: 1.5, retries: 1 };
    api.reply = inTurn(reply, send(ids(0, 10)));
    expect(await pull({ limits: { ...limits, retries: 5 } })).toEqual(texts(0, 10));
    api.reply = reply;
    const error = await failure({ limits });
    expect(error.reason).toMatch(reason);
    expect(error.facts).toMatchObject({ page: 1, attempt: 2 });
  });

  test('is given up where a connection is not made in time', async () => {
    // A server that never answers the handshake of TLS.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const url = `https://127.0.0.1:${port}/users`;
    const startedAt = performance.now();
    const error = await failure({ url, limits: { connect_seconds: 0.2, retries: 1 } });
    expect(performance.now() - startedAt).toBeLessThan(8000);
    expect(error.reason).toMatch(/does not accept the connection in time/);
    expect(error.facts.attempt).toBe(2);
    silent.close();
  });

  test('is sent again where nobody listens', async () => {
    const gone = await openApi();
    await gone.close();
    const error = await failure({ url: `${gone.url}/users`, limits: { retries: 2 } });
    expect(error.reason).toMatch(/does not accept the connection/);
    expect(error.facts.attempt).toBe(3);
  });

  test('goes on behind the records that were handed on, if the page has them again', async () => {
    const records = Array.from({ length: 3000 }, (_, id) => ({ id, text: 'x'.repeat(1000) }));
    const body = JSON.stringify(records);
    // All of the part arrives, then the connection ends.
    const cut: Reply = (_, response) =>
      void response.write(body.slice(0, 2_500_000), () => response.socket?.end());
    api.reply = inTurn(cut, cut, send(body));
    expect(await pull()).toEqual(records.map((one) => JSON.stringify(one)));
    expect(api.got).toHaveLength(3);
    const changed = JSON.stringify(records.map((one) => ({ ...one, id: one.id === 5 ? -5 : one.id })));
    api.reply = inTurn(cut, send(changed));
    expect((await failure()).reason).toMatch(/other records when it is asked for again/);
    api.reply = inTurn(cut, send(records.slice(0, 10)));
    expect((await failure()).reason).toMatch(/other records when it is asked for again/);
  });
});

describe('credentials', () => {
  const authorizations = () => api.got.map(({ headers }) => headers.authorization);

  test('are sent as the source says', async () => {
    secrets[arn] = '{"token":"T1","api_key":"K1","username":"ü","password":"p:w"}';
    await pull({ auth: { kind: 'bearer', secret: arn } });
    await pull({ auth: { kind: 'basic', secret: arn } });
    await pull({ auth: { kind: 'api_key', secret: arn, name: 'X-Key' } });
    await pull({ auth: { kind: 'api_key', secret: arn, in: 'query', name: 'key' } });
    expect(authorizations()).toEqual([
      'Bearer T1',
      `Basic ${Buffer.from('ü:p:w').toString('base64')}`,
      undefined,
      undefined,
    ]);
    expect(api.got[2]?.headers['x-key']).toBe('K1');
    expect(api.got[3]?.query.get('key')).toBe('K1');
    secrets[arn] = 'plain\n';
    rests = restSource(portsNow());
    await pull({ auth: { kind: 'bearer', secret: arn } });
    expect(authorizations().at(-1)).toBe('Bearer plain');
  });

  test('are read again once for a 401, because a secret may be rotated', async () => {
    secrets[arn] = 'old';
    api.reply = ({ headers }, response) => {
      secrets[arn] = 'new';
      json(response, ids(0, 1), {}, headers.authorization === 'Bearer new' ? 200 : 401);
    };
    expect(await pull({ auth: { kind: 'bearer', secret: arn } })).toEqual(texts(0, 1));
    expect(authorizations()).toEqual(['Bearer old', 'Bearer new']);
    api.reply = status(401);
    expect(await failure({ auth: { kind: 'bearer', secret: arn } })).toMatchObject({
      reason: 'it rejects the credentials',
      facts: { status: 401, attempt: 1 },
    });
    expect(reads).toBe(3);
  });

  test('never appear in an error, nor does a query, which may hold some', async () => {
    secrets[arn] = '{"api_key":"S3CRET","client_id":"c","client_secret":"S3CRET"}';
    const shown = (error: unknown): string =>
      error instanceof Error ? `${error.stack}${JSON.stringify(error)}${shown(error.cause)}` : String(error);
    const auths = [
      { kind: 'api_key', secret: arn, in: 'query', name: 'key' },
      { kind: 'api_key', secret: arn },
      { kind: 'oauth2_client_credentials', secret: arn, token_url: `${api.url}/token`, client_auth: 'body' },
      { kind: 'bearer', secret: arn },
    ];
    for (const auth of auths)
      for (const reply of [status(403), status(401), send('{"error":"S3CRET"}'), send('[S3CRET]')]) {
        api.reply = reply;
        expect(shown(await failure({ auth }))).not.toContain('S3CRET');
      }
    secrets[arn] = '{"token":"S3CRET\\n"}';
    rests = restSource(portsNow());
    expect(shown(await failure({ auth: { kind: 'bearer', secret: arn } }))).not.toContain('S3CRET');
  });

  test('fail the pull where the secret cannot be read, and say which', async () => {
    const oauth = { kind: 'oauth2_client_credentials', token_url: `${api.url}/token` };
    for (const auth of [{ kind: 'bearer' }, oauth])
      expect((await failure({ auth: { ...auth, secret: arn } })).reason).toBe(
        `the secret ${arn} could not be read (Error)`,
      );
    expect(api.got).toEqual([]);
  });

  test('go only over TLS, or to this machine', async () => {
    secrets[arn] = 'T';
    const error = await failure({ url: 'http://shop.example/users', auth: { kind: 'bearer', secret: arn } });
    expect(error.reason).toBe('secrets are sent over https only');
    expect(reads).toBe(0);
  });

  test('do not follow a redirect to another server, which other headers follow neither', async () => {
    secrets[arn] = 'T1';
    other.reply = send(ids(0, 1));
    api.reply = ({ path }, response) =>
      path === '/users'
        ? response.writeHead(302, { location: '/moved' }).end()
        : response.writeHead(307, { location: `${other.url}/there?signed=1` }).end();
    const auth = { kind: 'bearer', secret: arn };
    expect(await pull({ auth, headers: { 'X-Tenant': 'me' } })).toEqual(texts(0, 1));
    expect(authorizations()).toEqual(['Bearer T1', 'Bearer T1']);
    expect(other.got[0]?.headers).not.toHaveProperty('authorization');
    expect(other.got[0]?.headers).not.toHaveProperty('x-tenant');
    api.reply = ({ path }, response) => response.writeHead(302, { location: `${path}x` }).end();
    expect((await failure({ auth })).reason).toBe('it redirects too often');
  });
});

describe('OAuth2 client credentials', () => {
  const auth = (changes: Readonly<Record<string, unknown>> = {}) => ({
    kind: 'oauth2_client_credentials',
    secret: arn,
    token_url: `${api.url}/token`,
    ...changes,
  });
  let issued = 0;
  let valid = new Set<string>();
  const tokenReply =
    (life?: number): Reply =>
    (_, response) => {
      const access_token = `token${++issued}`;
      valid.add(access_token);
      json(response, {
        access_token,
        token_type: 'Bearer',
        ...(life === undefined ? {} : { expires_in: life }),
      });
    };
  /** An API that accepts its tokens alone; records come by `records`. */
  const guarded =
    (records: Reply, token: Reply = tokenReply(3600)): Reply =>
    (got, response, request) => {
      if (got.path === '/token') return token(got, response, request);
      const sent = got.headers.authorization?.replace('Bearer ', '') ?? '';
      return valid.has(sent) ? records(got, response, request) : json(response, {}, {}, 401);
    };
  const asked = (path: string) => api.got.filter((got) => got.path === path);

  beforeEach(() => {
    secrets[arn] = '{"client_id":"my id","client_secret":"s+c:%~"}';
    issued = 0;
    valid = new Set();
  });

  test('fetch a token once and use it for all pages and pulls', async () => {
    api.reply = guarded(({ query }, response) => {
      const page = Number(query.get('page'));
      json(response, page < 4 ? ids(page, page + 1) : []);
    });
    const changes = {
      auth: auth({ scope: 'read', parameters: { audience: 'shop' } }),
      paging: { kind: 'page' },
    };
    expect(await pull(changes)).toEqual(texts(1, 4));
    expect(await pull(changes)).toEqual(texts(1, 4));
    expect(asked('/token')).toHaveLength(1);
    expect(asked('/token')[0]).toMatchObject({
      method: 'POST',
      body: 'grant_type=client_credentials&scope=read&audience=shop',
      headers: { authorization: `Basic ${Buffer.from('my+id:s%2Bc%3A%25%7E').toString('base64')}` },
    });
  });

  test('send the client in the body where the source says so', async () => {
    api.reply = guarded(send([]));
    await pull({ auth: auth({ client_auth: 'body' }) });
    expect(asked('/token')[0]?.body).toBe(
      'grant_type=client_credentials&client_id=my+id&client_secret=s%2Bc%3A%25%7E',
    );
    expect(asked('/token')[0]?.headers).not.toHaveProperty('authorization');
  });

  test('fetch one token for two pulls at once, also when it is rejected to both', async () => {
    api.reply = guarded(send(ids(0, 1)));
    await Promise.all([pull({ auth: auth() }), pull({ auth: auth() }), pull({ auth: auth() })]);
    expect(asked('/token')).toHaveLength(1);
    valid.clear();
    const both = await Promise.all([pull({ auth: auth() }), pull({ auth: auth() })]);
    expect(both).toEqual([texts(0, 1), texts(0, 1)]);
    expect(asked('/token')).toHaveLength(2);
    expect(reads).toBe(1);
  });

  test('fetch a new token before the old one expires', async () => {
    api.reply = guarded(send(ids(0, 1)), tokenReply(100));
    await pull({ auth: auth() });
    await clock.wait(89_000);
    await pull({ auth: auth() });
    expect(asked('/token')).toHaveLength(1);
    await clock.wait(2000);
    await pull({ auth: auth() });
    expect(asked('/token')).toHaveLength(2);
  });

  test('fetch another token when the one in use expires between two tries of a request', async () => {
    const unavailable: Reply = (_, response) => {
      valid.clear();
      json(response, {}, { 'retry-after': '60' }, 503);
    };
    api.reply = guarded(inTurn(unavailable, unavailable, send(ids(0, 1))), tokenReply());
    expect(await pull({ auth: auth() })).toEqual(texts(0, 1));
    expect(asked('/token')).toHaveLength(3);
    expect(asked('/users').map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token1',
      'Bearer token1',
      'Bearer token2',
      'Bearer token2',
      'Bearer token3',
    ]);
    expect(clock.waits).toHaveLength(2);
  });

  test('try the token endpoint again, and read a secret again that it rejects', async () => {
    api.reply = guarded(
      send(ids(0, 1)),
      inTurn(
        status(503),
        (_, response) => response.destroy(),
        (_, response) => {
          secrets[arn] = '{"client_id":"my id","client_secret":"rotated"}';
          json(response, { error: 'invalid_client' }, {}, 401);
        },
        tokenReply(3600),
      ),
    );
    expect(await pull({ auth: auth() })).toEqual(texts(0, 1));
    expect(reads).toBe(2);
    expect(asked('/token').at(-1)?.headers.authorization).toBe(
      `Basic ${Buffer.from('my+id:rotated').toString('base64')}`,
    );
  });

  test.each<[string, Reply, RegExp]>([
    ['rejects the client', status(400), /is not accepted by the token endpoint/],
    ['gives no token', send({ token: 'x' }), /without access_token/],
    ['answers 404', status(404), /status 404/],
    ['is down', status(503), /status 503/],
  ])('fail the pull where the token endpoint %s', async (_, token, message) => {
    api.reply = guarded(send([]), token);
    expect((await failure({ auth: auth(), limits: { retries: 1 } })).message).toMatch(message);
    expect(asked('/users')).toEqual([]);
  });
});

describe('a connection', () => {
  test('is used for all pages, also behind a redirect and an answer that is tried again', async () => {
    const from = new Set<number | undefined>();
    const page: Reply = ({ query }, response, request) => {
      from.add(request.socket.remotePort);
      json(response, Number(query.get('page')) < 4 ? ids(Number(query.get('page')), 5) : []);
    };
    const moved: Reply = (_, response) => response.writeHead(302, { location: '/users?page=1' }).end('moved');
    api.reply = inTurn(moved, status(503), page);
    expect(await pull({ paging: { kind: 'page' } })).toHaveLength(4 + 3 + 2);
    expect(from.size).toBe(1);
    expect(api.got).toHaveLength(6);
  });

  test('that the server has closed meanwhile is replaced', async () => {
    const cut: Reply = (_, response, request) => {
      json(response, ids(0, 1));
      setImmediate(() => request.socket.destroy());
    };
    api.reply = inTurn(cut, send([]));
    expect(await pull({ paging: { kind: 'page' } })).toEqual(texts(0, 1));
  });

  test('goes to a server with a certificate that is valid only', async () => {
    const { certificate, key } = authority('test').issue([127, 0, 0, 1]);
    const server = createSecureServer({ cert: certificate, key }, (_, response) => json(response, ids(0, 2)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/users`;
    const error = await failure({ url });
    expect(error.reason).toBe('its certificate is not valid (UNABLE_TO_VERIFY_LEAF_SIGNATURE)');
    expect(error.facts.attempt).toBe(1);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect(await pull({ url })).toEqual(texts(0, 2));
    vi.unstubAllEnvs();
    server.close();
  });

  test('sends no user that a redirect names, and reads its place as UTF-8', async () => {
    const there = `${api.url.replace('://', '://me:word@')}/ü`;
    const moved: Reply = (_, response) =>
      response.writeHead(302, { location: Buffer.from(there).toString('latin1') }).end();
    api.reply = inTurn(moved, send(ids(0, 1)));
    expect(await pull()).toEqual(texts(0, 1));
    expect(api.got[1]).toMatchObject({ path: '/%C3%BC' });
    expect(api.got[1]?.headers).not.toHaveProperty('authorization');
  });
});

describe('answers in gzip', () => {
  test('are asked for and read, also in several members', async () => {
    api.reply = (got, response) => {
      expect(got.headers['accept-encoding']).toBe('gzip');
      const members = [
        gzipSync(JSON.stringify(ids(0, 50)).slice(0, 100)),
        gzipSync(JSON.stringify(ids(0, 50)).slice(100)),
      ];
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.concat(members));
    };
    expect(await pull()).toEqual(texts(0, 50));
  });

  test('are given up where a small answer becomes an endless record', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('["'), Buffer.alloc(100 * 2 ** 20, 'x')]), { level: 1 });
    api.reply = (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    expect((await failure()).reason).toMatch(/has more than 1048576 bytes/);
    expect(api.got).toHaveLength(1);
  });
});

test('a reader that is slower than the limits of the source does not fail the pull', async () => {
  const records = Array.from({ length: 3000 }, (_, id) => ({ id, text: 'x'.repeat(1000) }));
  api.reply = send(records);
  const limits = { idle_seconds: 0.2, headers_seconds: 5, retries: 0 };
  const { pages } = await rests.open(sourceWith({ limits }), window);
  let count = 0;
  for await (const page of pages) {
    if (count === 0) await new Promise((resolve) => setTimeout(resolve, 700));
    count += page.length;
  }
  expect(count).toBe(3000);
});

test('a pull that its reader gives up closes its connection', async () => {
  const closed = new Promise<void>((resolve) => {
    api.reply = (_, response) => {
      response.on('close', resolve);
      const more = (): void => {
        while (!response.destroyed && response.write(`${JSON.stringify({ text: 'x'.repeat(50_000) })},`));
      };
      response.on('drain', more);
      response.write('[');
      more();
    };
  });
  const { pages } = await rests.open(sourceWith(), window);
  for await (const page of pages) {
    expect(page.length).toBeGreaterThan(1);
    break;
  }
  await closed;
});
