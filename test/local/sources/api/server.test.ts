import type { Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { sessionAt } from '../../../../local/generate/sessions.ts';
import { userAt } from '../../../../local/generate/users.ts';
import { type ApiSettings, serveShop } from '../../../../local/sources/api/server.ts';
import type { GivenSwitches } from '../../../../local/sources/api/switches.ts';

const sizes = { users: 400, sessions: 6_000 };
const shop = { seed: 3, users: sizes.users };
const sessions = Array.from({ length: sizes.sessions }, (_, number) => sessionAt(shop, number));
const users = Array.from({ length: sizes.users }, (_, number) => userAt(shop, number));
const month = 'start_date=2024-01-01&end_date=2024-01-31';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const serve = async (settings: ApiSettings = {}): Promise<string> => {
  const served = await serveShop({ seed: 3, ...sizes, ...settings });
  server = served.server;
  return `http://127.0.0.1:${served.port}`;
};

type Row = { session_id: string; session_start_time: string; user_id: string; user_since: string };
const rowsOf = async (url: string, headers: Record<string, string> = {}): Promise<Row[]> => {
  const response = await fetch(url, { headers });
  expect(response.status).toBe(200);
  return (await response.json()) as Row[];
};
const idsOf = (rows: readonly { session_id: string }[]): string[] => rows.map(({ session_id }) => session_id);
const ofDays = (from: string, to: string) =>
  sessions.filter(({ session_start_time: time }) => time.slice(0, 10) >= from && time.slice(0, 10) <= to);
const change = (url: string, switches: GivenSwitches) =>
  fetch(`${url}/_control`, { method: 'PATCH', body: JSON.stringify(switches) });

describe('the window', () => {
  test('holds the sessions of its days, both ends included, as they are generated', async () => {
    const url = await serve();
    const expected = ofDays('2024-01-01', '2024-01-31');
    expect(expected.length).toBeGreaterThan(50);
    expect(await rowsOf(`${url}/sessions?${month}`)).toEqual(expected);
  });

  test('of users is a window of user_since', async () => {
    const url = await serve();
    const expected = users.filter(({ user_since }) => user_since.startsWith('2024-01'));
    expect(await rowsOf(`${url}/users?${month}`)).toEqual(expected);
  });

  test('may be tiny or empty', async () => {
    const url = await serve();
    const january = await rowsOf(`${url}/sessions?start_date=2020-01-01&end_date=2020-01-31`);
    expect(january).toEqual([expect.objectContaining({ session_items: expect.any(Array) })]);
    const empty = await fetch(`${url}/sessions?start_date=2020-08-01&end_date=2020-08-31`);
    expect(await empty.text()).toBe('[]');
    expect(await rowsOf(`${url}/users?start_date=2020-08-01&end_date=2020-08-31`)).toEqual([]);
    expect(await rowsOf(`${url}/users?start_date=2024-02-01&end_date=2024-01-01`)).toEqual([]);
  });

  test('leaves out its last day where the end is exclusive, or counts as midnight', async () => {
    const border = { time: '2024-01-31T00:00:00.000Z', rows: 7 };
    const url = await serve({ switches: { end: 'exclusive', border } });
    const before = idsOf(ofDays('2024-01-01', '2024-01-30'));
    expect(idsOf(await rowsOf(`${url}/sessions?${month}`))).toEqual(before);
    await change(url, { end: 'midnight' });
    expect((await rowsOf(`${url}/sessions?${month}`)).length).toBe(before.length + 7);
    await change(url, { end: 'inclusive' });
    const whole = ofDays('2024-01-01', '2024-01-31').length;
    expect((await rowsOf(`${url}/sessions?${month}`)).length).toBe(whole + 7);
  });

  test.each([
    '',
    'start_date=2024-01-01',
    'start_date=2024-01-01&end_date=2024-02-30',
    'start_date=1&end_date=2',
  ])('must be given: %s', async (query) => {
    const response = await fetch(`${await serve()}/users?${query}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/(start|end)_date must be a day/);
  });
});

describe('rows', () => {
  test('on a border are all there, each once, at the stated moment', async () => {
    const border = { time: '2024-01-31T23:59:59.999Z', rows: 10_000 };
    const url = await serve({ switches: { border } });
    const rows = await rowsOf(`${url}/sessions?start_date=2024-01-31&end_date=2024-01-31`);
    const onBorder = rows.filter(({ session_start_time }) => session_start_time >= '2024-01-31T23:59:59.999');
    expect(onBorder).toHaveLength(10_000);
    expect(new Set(idsOf(rows)).size).toBe(rows.length);
    expect(await rowsOf(`${url}/sessions?start_date=2024-02-01&end_date=2024-02-01`)).toEqual(
      ofDays('2024-02-01', '2024-02-01'),
    );
  });

  test('that are late become visible hour by hour', async () => {
    const url = await serve();
    const countAt = async (now: string): Promise<number> => {
      await change(url, { late: { hours: 72, now } });
      return (await rowsOf(`${url}/sessions?${month}`)).length;
    };
    const counts = [];
    for (const day of ['2024-01-15', '2024-02-01', '2024-02-02', '2024-02-03', '2024-02-04'])
      counts.push(await countAt(`${day}T00:00:00Z`));
    const all = ofDays('2024-01-01', '2024-01-31').length;
    expect(counts).toEqual([...counts].sort((one, other) => one - other));
    expect(counts.at(1)).toBeLessThan(all);
    expect(counts.at(-1)).toBe(all);
  });

  test('come twice where they are repeated', async () => {
    const url = await serve({ switches: { repeat_every: 10 } });
    const ids = idsOf(await rowsOf(`${url}/sessions?${month}`));
    const all = ofDays('2024-01-01', '2024-01-31').length;
    expect(new Set(ids).size).toBe(all);
    expect(ids.length).toBe(all + Math.floor(all / 10));
  });

  test('of users change with the edition', async () => {
    const url = await serve();
    const before = await rowsOf(`${url}/users?start_date=2020-01-01&end_date=2024-12-31`);
    await change(url, { edition: 1 });
    const after = await rowsOf(`${url}/users?start_date=2020-01-01&end_date=2024-12-31`);
    const changed = after.filter((row, index) => JSON.stringify(row) !== JSON.stringify(before[index]));
    expect(after.map(({ user_id }) => user_id)).toEqual(before.map(({ user_id }) => user_id));
    expect(changed.length).toBeGreaterThan(20);
    expect(changed.length).toBeLessThan(70);
  });
});

describe('pages', () => {
  type Answer = { body: never; headers: Headers };
  const get = async (url: string): Promise<Answer> => {
    const response = await fetch(url);
    expect(response.status).toBe(200);
    return { body: (await response.json()) as never, headers: response.headers };
  };
  const linked = (headers: Headers): string | undefined =>
    /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
  /** Pulls all pages as a client does, by kind: the rows, and where the next page is. */
  const clients = {
    page: ({ body }: Answer, url: string, number: number) =>
      [body, (body as Row[]).length > 0 ? `${url}&page=${number + 1}&per_page=30` : undefined] as const,
    offset: ({ body }: Answer, url: string, number: number) =>
      [body, (body as Row[]).length > 0 ? `${url}&offset=${number * 30}&limit=30` : undefined] as const,
    cursor: ({ body }: Answer, url: string) => {
      const { data, next_cursor } = body as { data: Row[]; next_cursor: string | null };
      return [data, next_cursor === null ? undefined : `${url}&cursor=${next_cursor}`] as const;
    },
    link_header: ({ body, headers }: Answer) => [body, linked(headers)] as const,
    next_url: ({ body }: Answer) => {
      const { items, next } = body as { items: Row[]; next: string | null };
      return [items, next ?? undefined] as const;
    },
  };

  test.each(Object.keys(clients) as (keyof typeof clients)[])(
    'by %s hold all rows, each once',
    async (kind) => {
      const url = `${await serve({ switches: { paging: { kind, size: 30 } } })}/sessions?${month}`;
      const rows: Row[] = [];
      let next: string | undefined = url;
      let number = 0;
      while (next !== undefined && number < 100) {
        number += 1;
        const [page, following]: readonly [Row[], string | undefined] = clients[kind](
          await get(next),
          url,
          number,
        );
        expect(page.length).toBeLessThanOrEqual(30);
        rows.push(...page);
        next = following;
      }
      expect(number).toBeGreaterThan(3);
      expect(rows).toEqual(ofDays('2024-01-01', '2024-01-31'));
    },
  );

  type Cursored = { data: Row[]; next_cursor: string | null };
  const followed = async (url: string): Promise<Row[][]> => {
    const pages: Row[][] = [];
    for (let next: string | null = ''; next !== null && pages.length < 100; ) {
      const text: string = await (await fetch(next === '' ? url : `${url}&cursor=${next}`)).text();
      pages.push((JSON.parse(text) as Cursored).data);
      next = /"next_cursor":"?([^"}]+)/.exec(text)?.[1]?.replace(/^null$/, '') || null;
    }
    return pages;
  };

  test.each([
    [{ has_gaps: true }, [30, 0, 30, 0]],
    [{ is_uneven: true }, [30, 29, 30, 29]],
    [{ has_gaps: true, is_uneven: true, has_long_cursors: true }, [30, 0, 29, 0]],
  ] as const)('may be empty or short in the middle: %j', async (odd, lengths) => {
    const paging = { kind: 'cursor', size: 30, ...odd } as const;
    const pages = await followed(`${await serve({ switches: { paging } })}/sessions?${month}`);
    expect(pages.slice(0, 4).map(({ length }) => length)).toEqual(lengths);
    expect(pages.flat()).toEqual(ofDays('2024-01-01', '2024-01-31'));
  });

  test('of which each second one is a row short hold all rows by their numbers, too', async () => {
    const paging = { kind: 'page', size: 3, is_uneven: true } as const;
    const url = `${await serve({ switches: { paging } })}/sessions?${month}`;
    const pages: Row[][] = [];
    while (pages.at(-1)?.length !== 0) pages.push(await rowsOf(`${url}&page=${pages.length + 1}`));
    expect(pages.slice(0, 4).map(({ length }) => length)).toEqual([3, 2, 3, 2]);
    expect(pages.flat()).toEqual(ofDays('2024-01-01', '2024-01-31'));
  });

  test('have cursors that no double holds, if they shall', async () => {
    const paging = { kind: 'cursor', size: 30, has_long_cursors: true } as const;
    const text = await (await fetch(`${await serve({ switches: { paging } })}/sessions?${month}`)).text();
    const [, cursor = ''] = /"next_cursor":(\d+)\}$/.exec(text) ?? [];
    expect(cursor).toHaveLength(20);
    expect(BigInt(Number(cursor))).not.toBe(BigInt(cursor));
  });

  test('end with one that names itself where it is endless', async () => {
    const paging = { kind: 'next_url', size: 5_000, is_endless: true } as const;
    const url = `${await serve({ switches: { paging } })}/sessions?${month}`;
    const first = (await get(url)).body as { next: string };
    const second = (await get(first.next)).body as { next: string };
    expect(second.next).toBe(first.next);
  });

  test.each([
    ['page', 'page=0'],
    ['page', 'page=x'],
    ['offset', 'offset=-1'],
    ['cursor', 'cursor=made-up'],
    ['next_url', 'limit=0'],
  ] as const)('that cannot exist are a bad request: %s, %s', async (kind, query) => {
    const url = await serve({ switches: { paging: { kind } } });
    expect((await fetch(`${url}/users?${month}&${query}`)).status).toBe(400);
  });
});

describe('secrets', () => {
  const basic = (user: string, password: string) =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  test.each([
    [{ kind: 'bearer', token: 't0' }, { authorization: 'Bearer t0' }, { authorization: 'Bearer t1' }],
    [{ kind: 'api_key', header: 'X-Api-Key', key: 'k0' }, { 'x-api-key': 'k0' }, { 'x-api-key': 'k1' }],
    [
      { kind: 'basic', user: 'shop', password: 'p:ß' },
      { authorization: basic('shop', 'p:ß') },
      { authorization: basic('shop', 'p') },
    ],
  ] as const)('are asked for: %j', async (auth, right, wrong) => {
    const url = `${await serve({ auth })}/users?${month}`;
    expect((await fetch(url, { headers: right })).status).toBe(200);
    for (const headers of [wrong, {}]) {
      const response = await fetch(url, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBeTruthy();
    }
  });

  test('are never shown by the control', async () => {
    const url = await serve({ auth: { kind: 'bearer', token: 'hush' } });
    expect(await (await fetch(`${url}/_control`)).text()).not.toContain('hush');
  });

  const client = { client_id: 'shop', client_secret: 'hush', token_seconds: 1 };
  const auth = { kind: 'oauth2_client_credentials', ...client } as const;
  const ask = (url: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${url}/oauth/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
  const grant = { grant_type: 'client_credentials' };

  test('of a client are exchanged for tokens, in the header or in the form', async () => {
    const url = await serve({ auth });
    const inForm = await ask(url, { ...grant, client_id: 'shop', client_secret: 'hush' });
    const inHeader = await ask(url, grant, { authorization: basic('shop', 'hush') });
    for (const response of [inForm, inHeader]) {
      expect(response.status).toBe(200);
      const { access_token, token_type, expires_in } = (await response.json()) as Record<string, string>;
      expect({ token_type, expires_in }).toEqual({ token_type: 'Bearer', expires_in: 1 });
      const headers = { authorization: `Bearer ${access_token}` };
      expect((await fetch(`${url}/users?${month}`, { headers })).status).toBe(200);
    }
    expect(
      (await fetch(`${url}/users?${month}`, { headers: { authorization: 'Bearer made-up' } })).status,
    ).toBe(401);
    expect((await ask(url, { ...grant, client_id: 'shop', client_secret: 'guess' })).status).toBe(401);
    expect(
      (await ask(url, { grant_type: 'password' }, { authorization: basic('shop', 'hush') })).status,
    ).toBe(400);
  });

  test('of a client are encoded as a form in the header, as RFC 6749 says', async () => {
    const odd = { client_id: 'my shop:1', client_secret: 'a+b%2B&c=ß' };
    const url = await serve({ auth: { kind: 'oauth2_client_credentials', ...odd } });
    const statusOf = async (id: string, secret: string) =>
      (await ask(url, grant, { authorization: basic(id, secret) })).status;
    expect(await statusOf('my+shop%3A1', 'a%2Bb%252B%26c%3D%C3%9F')).toBe(200);
    expect(await statusOf('my%20shop%3A1', 'a%2Bb%252B&c=ß')).toBe(200);
    expect(await statusOf(odd.client_id, odd.client_secret)).toBe(401);
    expect((await ask(url, grant, { authorization: 'Bearer a' })).status).toBe(401);
    expect((await ask(url, { ...grant, ...odd })).status).toBe(200);
  });

  test('in tokens end after their time, or when the control says so', async () => {
    const url = await serve({ auth });
    const tokenOf = async () => {
      const { access_token } = (await (
        await ask(url, grant, { authorization: basic('shop', 'hush') })
      ).json()) as {
        access_token: string;
      };
      return { authorization: `Bearer ${access_token}` };
    };
    const statusWith = async (headers: Record<string, string>) =>
      (await fetch(`${url}/users?${month}`, { headers })).status;
    const old = await tokenOf();
    expect(await statusWith(old)).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect(await statusWith(old)).toBe(401);
    const next = await tokenOf();
    await fetch(`${url}/_control/tokens`, { method: 'DELETE' });
    expect(await statusWith(next)).toBe(401);
  });
});

describe('faults', () => {
  const statusesOf = async (url: string, count: number, path = '/users'): Promise<number[]> => {
    const statuses = [];
    for (let request = 0; request < count; request++)
      statuses.push((await fetch(`${url}${path}?${month}`)).status);
    return statuses;
  };

  test('meet the next requests, or each so many-th, of all paths or one', async () => {
    const url = await serve({
      switches: {
        faults: [
          { kind: 'status', status: 500, times: 2 },
          { kind: 'status', status: 429, every: 3, path: '/users' },
        ],
      },
    });
    expect(await statusesOf(url, 5)).toEqual([500, 500, 200, 200, 429]);
    expect(await statusesOf(url, 3, '/sessions')).toEqual([200, 200, 200]);
  });

  test('say when to come again, or do not', async () => {
    const faults = [
      { kind: 'status', status: 429, retry_after: '7' },
      { kind: 'status', status: 429 },
    ] as const;
    const url = await serve({ switches: { faults: [...faults] } });
    const [first, second] = [await fetch(`${url}/users?${month}`), await fetch(`${url}/users?${month}`)];
    expect([first.headers.get('retry-after'), second.headers.get('retry-after')]).toEqual(['7', null]);
  });

  test('answer an error with status 200', async () => {
    const url = await serve({ switches: { faults: [{ kind: 'answer', body: '{"error":"sorry"}' }] } });
    const response = await fetch(`${url}/users?${month}`);
    expect([response.status, await response.text()]).toEqual([200, '{"error":"sorry"}']);
  });

  test.each(['headers', 'body'] as const)('make it wait before the %s', async (before) => {
    const url = await serve({ switches: { faults: [{ kind: 'slow', ms: 400, before }] } });
    const began = performance.now();
    const response = await fetch(`${url}/sessions?${month}`);
    const headersAt = performance.now() - began;
    await response.json();
    const wholeAt = performance.now() - began;
    expect(wholeAt).toBeGreaterThan(395);
    if (before === 'headers') expect(headersAt).toBeGreaterThan(395);
    else expect(wholeAt - headersAt).toBeGreaterThan(100);
  });

  test('cut the connection, before the headers or in the body', async () => {
    const url = await serve({ switches: { faults: [{ kind: 'cut' }, { kind: 'cut', after_bytes: 5_000 }] } });
    await expect(fetch(`${url}/sessions?${month}`)).rejects.toThrow('fetch failed');
    const response = await fetch(`${url}/sessions?${month}`);
    expect(response.status).toBe(200);
    let received = 0;
    const read = async () => {
      for await (const chunk of response.body ?? []) received += chunk.length;
    };
    await expect(read()).rejects.toThrow('terminated');
    expect(received).toBe(5_000);
    expect((await fetch(`${url}/sessions?${month}`)).status).toBe(200);
  });
});

describe('the control', () => {
  test('shows the switches and what was asked for, changes what is given, and resets', async () => {
    const url = await serve({ switches: { repeat_every: 4 } });
    const shown = async () => (await (await fetch(`${url}/_control`)).json()) as Record<string, object>;
    await rowsOf(`${url}/users?${month}`);
    await rowsOf(`${url}/users?${month}`);
    await change(url, { end: 'exclusive', late: { hours: 5, now: '2024-02-01T00:00:00Z' } });
    expect(await shown()).toMatchObject({
      switches: { end: 'exclusive', repeat_every: 4, late: { hours: 5, now: '2024-02-01T00:00:00Z' } },
      requests: { '/users': 2 },
    });
    await change(url, { edition: 1 });
    expect(await shown()).toMatchObject({ switches: { end: 'exclusive', edition: 1 } });
    await fetch(`${url}/_control`, { method: 'DELETE' });
    expect(await shown()).toMatchObject({
      switches: { end: 'inclusive', repeat_every: 4, late: null },
      requests: {},
    });
  });

  test.each(['{"end":"open"}', '{"unknown":1}', '{'])('rejects %s and changes nothing', async (body) => {
    const url = await serve();
    const response = await fetch(`${url}/_control`, { method: 'PATCH', body });
    expect(response.status).toBe(400);
    expect(await (await fetch(`${url}/_control`)).text()).toContain('"end":"inclusive"');
  });

  test('is not the only path: others do not exist', async () => {
    const url = await serve();
    expect((await fetch(`${url}/songs?${month}`)).status).toBe(404);
    expect((await fetch(`${url}/users?${month}`, { method: 'POST' })).status).toBe(404);
  });
});
