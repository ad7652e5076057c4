import { expect, test } from 'vitest';
import { LifecycleConfiguration } from '../../../../local/cloud/template/bucket-lifecycle.ts';

const read = (rule: object) =>
  LifecycleConfiguration.parse({ Rules: [{ Status: 'Enabled', ...rule }] }).Rules[0];

test.each([
  [
    'the older names',
    {
      ExpirationDate: '2030-01-01',
      NoncurrentVersionExpirationInDays: 2,
      Transition: { StorageClass: 'GLACIER', TransitionInDays: 1 },
      NoncurrentVersionTransition: { StorageClass: 'GLACIER', TransitionInDays: 3 },
    },
    {
      Filter: { Prefix: '' },
      Expiration: { Date: '2030-01-01T00:00:00.000Z' },
      NoncurrentVersionExpiration: { NoncurrentDays: 2 },
      Transition: [{ StorageClass: 'GLACIER', Days: 1 }],
      NoncurrentVersionTransition: [{ StorageClass: 'GLACIER', NoncurrentDays: 3 }],
    },
  ],
  [
    'tags and sizes',
    {
      Prefix: 'a/',
      TagFilters: [{ Key: 'k', Value: 'v' }],
      ObjectSizeGreaterThan: '5',
      ExpirationInDays: 1,
      NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 },
    },
    {
      Filter: { And: { Prefix: 'a/', Tag: [{ Key: 'k', Value: 'v' }], ObjectSizeGreaterThan: 5 } },
      Expiration: { Days: 1 },
      NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 },
    },
  ],
  [
    'delete markers',
    { Id: 'x', ExpiredObjectDeleteMarker: true },
    { ID: 'x', Filter: { Prefix: '' }, Expiration: { ExpiredObjectDeleteMarker: true } },
  ],
])('reads %s', (_, rule, expected) => {
  expect(read(rule)).toEqual({ Status: 'Enabled', ...expected });
});

test('rejects a status that S3 does not have', () => {
  expect(() => read({ Status: 'On', ExpirationInDays: 1 })).toThrow();
});
