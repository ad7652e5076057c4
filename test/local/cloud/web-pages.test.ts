import { describe, expect, test } from 'vitest';
import { rejectionOf } from '../../../local/cloud/web-pages.ts';

const own = { port: 4566, isBucket: (name: string) => name === 'lake' };
const host = '127.0.0.1:4566';

describe('a request is answered', () => {
  test.each([
    ['127.0.0.1:4566'],
    ['localhost:4566'],
    ['LocalHost:4566'],
    ['[::1]:4566'],
    ['lake.localhost:4566'],
  ])('under the host %s', (name) => {
    expect(rejectionOf({ host: name }, own)).toBeUndefined();
  });

  test('under a host without its port where that is 80', () => {
    expect(rejectionOf({ host: '127.0.0.1' }, { ...own, port: 80 })).toBeUndefined();
    expect(rejectionOf({ host: '127.0.0.1' }, own)).toMatch('127.0.0.1:4566');
  });

  test.each([
    [{ origin: 'http://127.0.0.1:4566' }],
    [{ origin: 'http://localhost:4566', 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'none' }],
  ])('of a page of its own or an address that a person typed: %o', (headers) => {
    expect(rejectionOf({ host, ...headers }, own)).toBeUndefined();
  });
});

describe('a request is rejected', () => {
  test.each([
    [''],
    ['evil.example'],
    ['evil.example:4566'],
    ['127.0.0.1:4567'],
    ['127.0.0.1'],
    ['127.0.0.1:4566.evil.example'],
    ['127.0.0.1.evil.example:4566'],
    ['localhost.evil.example:4566'],
    ['other.localhost:4566'],
    ['lake.evil.example:4566'],
    ['lake.localhost:4567'],
    ['lake.localhost.evil.example:4566'],
    ['0.0.0.0:4566'],
    ['127.1:4566'],
    ['[::ffff:127.0.0.1]:4566'],
  ])('under the host "%s"', (name) => {
    expect(rejectionOf({ host: name }, own)).toMatch(/is not allowed: use 127\.0\.0\.1:4566/);
  });

  test.each([
    [{ origin: 'null' }],
    [{ origin: '' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'http://127.0.0.1:3000' }],
    [{ origin: 'https://127.0.0.1:4566' }],
    [{ origin: 'http://127.0.0.1:4566.evil.example' }],
    [{ origin: 'file://' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'anything' }],
  ])('of a page elsewhere: %o', (headers) => {
    expect(rejectionOf({ host, ...headers }, own)).toMatch(/web pages/);
  });
});
