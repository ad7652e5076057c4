import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { rdsToken } from '../../../functions/adapters/postgres-login.ts';
import type { PostgresSettings } from '../../../functions/adapters/postgres-settings.ts';
import { authority } from '../../../local/sources/certificates.ts';
import { type Database, failureOf, openDatabase, pull } from './database.ts';

const local = [127, 0, 0, 1] as const;
const ours = authority('the authority of this test');
let database: Database;
let secured: PostgresSettings;
beforeAll(async () => {
  database = await openDatabase({ tls: ours.issue(local) });
  await database.table('songs', `select 'x' as name`);
  const query = `select ssl::text as name from pg_stat_ssl where pid = pg_backend_pid()`;
  secured = { ...database.source, tls: 'verify', ca: ours.certificate, query };
});
afterAll(() => database?.close());

describe('TLS', () => {
  const encrypted = ['{"name":"true"}'];

  test('is used with a certificate of the given authority', async () => {
    expect(await pull(secured)).toEqual(encrypted);
    expect(await pull({ ...secured, tls: 'off' })).toEqual(['{"name":"false"}']);
  });

  test('reads the authority from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'authority-'));
    const ca = join(folder, 'ca.pem');
    await writeFile(ca, ours.certificate);
    expect(await pull({ ...secured, ca })).toEqual(encrypted);
    await rm(folder, { recursive: true });
    expect((await failureOf(pull({ ...secured, ca }))).message).toMatch(/ENOENT.*; check the path in ca/);
  });

  test('is rejected with a certificate of an authority that nobody knows', async () => {
    for (const ca of [undefined, authority('another authority').certificate]) {
      const failure = await failureOf(pull({ ...secured, ca }));
      expect(failure.message).toMatch(/certificate; set ca to the certificate of the authority/);
      expect(failure.facts).toMatchObject({ rows: 0 });
    }
  });

  test('is rejected whatever the environment says about unknown certificates', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect((await failureOf(pull({ ...secured, ca: undefined }))).message).toContain('certificate; set ca');
    vi.unstubAllEnvs();
  });

  test('is rejected with a certificate of another host', async () => {
    const other = await openDatabase({ tls: ours.issue('database.example') });
    try {
      const failure = await failureOf(pull({ ...secured, port: other.server.port }));
      expect(failure.message).toMatch(
        /127\.0\.0\.1.*; set host to a name that is in the server's certificate/,
      );
    } finally {
      await other.close();
    }
  });

  test('verifies the name of a host', async () => {
    const other = await openDatabase({ tls: ours.issue('localhost') });
    try {
      expect(await pull({ ...secured, host: 'localhost', port: other.server.port })).toEqual(encrypted);
    } finally {
      await other.close();
    }
  });

  test('is not left out for a server that has none', async () => {
    const plain = await openDatabase();
    try {
      const failure = await failureOf(pull({ ...secured, port: plain.server.port }));
      expect(failure.message).toMatch(/does not support SSL connections; turn TLS on/);
    } finally {
      await plain.close();
    }
  });
});

describe('a login by IAM', () => {
  const login = { host: 'shop.abc.eu-west-1.rds.amazonaws.com', port: 5432, user: 'puller' };
  const moment = new Date('2024-02-01T03:00:00.000Z');
  const accessKey = {
    id: 'AKIDEXAMPLE',
    secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    session: 'a/session+token=',
  };

  const atThatMoment = (): void => {
    vi.useFakeTimers({ toFake: ['Date'], now: moment });
    vi.stubEnv('AWS_ACCESS_KEY_ID', accessKey.id);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', accessKey.secret);
    vi.stubEnv('AWS_SESSION_TOKEN', accessKey.session);
  };
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  test('has a token of the documented form', async () => {
    atThatMoment();
    const token = await rdsToken(login, 'eu-west-1');
    expect(token.startsWith(`${login.host}:5432/?`)).toBe(true);
    const { searchParams } = new URL(`https://${token}`);
    expect(Object.fromEntries(searchParams)).toEqual({
      Action: 'connect',
      DBUser: 'puller',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20240201/eu-west-1/rds-db/aws4_request',
      'X-Amz-Date': '20240201T030000Z',
      'X-Amz-Expires': '900',
      'X-Amz-Security-Token': accessKey.session,
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
      'X-Amz-SignedHeaders': 'host',
    });
    expect(searchParams.get('X-Amz-Signature')).toBe(signatureOf(searchParams));
  });

  /** Signature Version 4 of a presigned GET, as AWS documents it. */
  const signatureOf = (parameters: URLSearchParams): string => {
    const hmac = (key: string | Buffer, text: string): Buffer =>
      createHmac('sha256', key).update(text).digest();
    const escaped = (text: string): string =>
      encodeURIComponent(text).replaceAll(
        /[!'()*]/g,
        (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
      );
    const query = [...parameters]
      .filter(([name]) => name !== 'X-Amz-Signature')
      .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
      .sort();
    const emptyBody = createHash('sha256').digest('hex');
    const request = ['GET', '/', query.join('&'), `host:${login.host}:5432`, '', 'host', emptyBody].join(
      '\n',
    );
    const scope = '20240201/eu-west-1/rds-db/aws4_request';
    const hash = createHash('sha256').update(request).digest('hex');
    const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${accessKey.secret}`);
    return hmac(key, `AWS4-HMAC-SHA256\n20240201T030000Z\n${scope}\n${hash}`).toString('hex');
  };

  test('uses the token as its password', async () => {
    atThatMoment();
    const byIam: PostgresSettings = {
      ...secured,
      auth: { kind: 'rds_iam', region: 'eu-west-1' },
      user: 'iam_user',
    };
    const token = await rdsToken({ host: byIam.host, port: byIam.port, user: 'iam_user' }, 'eu-west-1');
    await database.run(`create role iam_user login password '${token}'`);
    expect(await pull(byIam)).toEqual(['{"name":"true"}']);
    vi.setSystemTime(moment.getTime() + 60_000);
    const failure = await failureOf(pull(byIam));
    expect(failure.message).toMatch(
      /authentication failed.*; check that the user iam_user has the role rds_iam/,
    );
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('X-Amz');
  });

  test('is not sent without TLS', async () => {
    const failure = await failureOf(pull({ ...secured, auth: { kind: 'rds_iam' }, tls: 'off' }));
    expect(failure.message).toContain('needs TLS');
  });
});
