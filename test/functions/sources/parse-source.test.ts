import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sourceJsonSchema } from '../../../functions/sources/json-schema.ts';
import { parseSource } from '../../../functions/sources/parse-source.ts';

const rest = {
  version: '1.0',
  kind: 'rest',
  url: 'https://shop.example/users',
  query: { start_date: '{from}' },
  records: '$',
};
const postgres = {
  version: '1.0',
  kind: 'postgres',
  host: 'db.example',
  database: 'shop',
  table: 'songs',
  snapshot: true,
  auth: { kind: 'secret', secret: 'arn:aws:secretsmanager:eu-central-1:1:secret:db' },
};
const secret = 'arn:aws:secretsmanager:eu-central-1:1:secret:api';

const problems = (source: unknown): readonly string[] => {
  const parsed = parseSource(typeof source === 'string' ? source : JSON.stringify(source));
  return parsed.ok ? [] : parsed.problems;
};

test('the JSON schema ships as rules/source.schema.json, so that editors and functions agree', () => {
  expect(JSON.parse(readFileSync('rules/source.schema.json', 'utf8'))).toEqual(sourceJsonSchema());
});

describe('a source', () => {
  test('gets its defaults', () => {
    const parsed = parseSource(JSON.stringify(rest));
    expect(parsed.ok && parsed.source).toMatchObject({
      overlap_days: 1,
      late_days: 0,
      snapshot: false,
      schedule: 'monthly',
      paging: { kind: 'none' },
      auth: { kind: 'none' },
      limits: { retries: 5, max_record_bytes: 2 ** 20, retry_after_seconds: 120 },
    });
  });

  test.each([
    ['a bearer token', { ...rest, auth: { kind: 'bearer', secret: '$' + '{SHOP_SECRET}' } }],
    [
      'OAuth2',
      { ...rest, auth: { kind: 'oauth2_client_credentials', token_url: 'https://a.example/t', secret } },
    ],
    ['an API key', { ...rest, auth: { kind: 'api_key', secret, in: 'query', name: 'key' } }],
    ['a variable in its URL', { ...rest, url: '$' + '{SHOP_API}/users' }],
    ['every paging', { ...rest, paging: { kind: 'cursor', next: "$['@odata.nextLink']" } }],
    ['a table', postgres],
    [
      'a query with its window',
      { ...postgres, snapshot: false, table: undefined, query: 'select 1 where d >= {from}' },
    ],
    ['a login by IAM', { ...postgres, user: 'reader', auth: { kind: 'rds_iam' } }],
  ])('is taken: %s', (_, source) => {
    expect(problems(source)).toEqual([]);
  });

  test.each([
    [{ ...rest, kind: 'ftp' }, 'kind: is none of rest, postgres'],
    [{ ...rest, records: 'data' }, "records: is not a path such as $, $.data.items or $['@odata.nextLink']"],
    [{ ...rest, url: 'ftp://shop.example' }, /^url: does not begin with https:/],
    [{ ...rest, url: 'https://shop.example/users?x=1' }, 'url: has a query; write it under query'],
    [{ ...rest, query: {} }, /^query: has neither \{from\} nor \{to\}/],
    [{ ...rest, snapshot: true, late_days: 3 }, 'late_days: says nothing for a snapshot'],
    [{ ...rest, headers: { Authorization: 'x' } }, 'headers.Authorization: is sent by auth'],
    [{ ...rest, headers: { Host: 'x' } }, 'headers.Host: belongs to the connection'],
    [
      { ...rest, auth: { kind: 'bearer', secret: 'hunter2' } },
      /^auth.secret: is neither the ARN of a secret nor/,
    ],
    [{ ...rest, auth: { kind: 'digest' } }, /^auth(.kind)?: is none of none, api_key, basic, bearer, oauth2/],
    [{ ...rest, paging: { kind: 'cursor' } }, 'paging.next: is missing or is no string'],
    [
      { ...rest, paging: { kind: 'page', more: '$.m', total: '$.t', size: 1 } },
      /^paging.total: is one signal too many/,
    ],
    [{ ...rest, paging: { kind: 'page', total: '$.t' } }, 'paging.total: needs paging.size'],
    [
      { ...rest, query: { d: '{from}', page: '1' }, paging: { kind: 'page' } },
      'query.page: is sent by paging',
    ],
    [{ ...rest, overlap_day: 2 }, 'source: has unknown keys overlap_day'],
    [{ ...postgres, query: 'select 1' }, 'query: stands beside table; one of them'],
    [{ ...postgres, table: undefined }, 'source: has neither table nor query'],
    [{ ...postgres, snapshot: false }, /^table: is read in full by each pull/],
    [{ ...postgres, auth: { kind: 'rds_iam' } }, 'auth: rds_iam needs a user'],
    ['{"kind":', /^source: is not JSON/],
    ['{"kind":"rest","kind":"rest"}', 'kind: stands there twice'],
  ])('is rejected with its problem: %j', (source, problem) => {
    expect(problems(source)).toEqual(
      expect.arrayContaining([typeof problem === 'string' ? problem : expect.stringMatching(problem)]),
    );
  });
});
