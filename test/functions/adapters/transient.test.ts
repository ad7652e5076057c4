import { describe, expect, test } from 'vitest';
import { isTransient } from '../../../functions/adapters/transient.ts';
import { Unfinished } from '../../../functions/adapters/until-done.ts';

const error = (facts: object): Error => Object.assign(new Error('no'), facts);

describe('whether another try may succeed', () => {
  test.each([
    ['throttling', error({ name: 'ProvisionedThroughputExceededException', $fault: 'client' })],
    [
      'throttling by another name',
      error({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }),
    ],
    ['a fault of the service', error({ name: 'InternalServerError', $fault: 'server' })],
    ['an answer of 503', error({ $metadata: { httpStatusCode: 503 } })],
    ['a time-out', error({ name: 'TimeoutError' })],
    ['a connection that was reset', error({ code: 'ECONNRESET' })],
    ['a cause that is one', new Error('no', { cause: error({ code: 'EPIPE' }) })],
    ['a batch that was left undone', new Unfinished('3 items')],
  ])('%s: yes', (_, given) => {
    expect(isTransient(given)).toBe(true);
  });

  test.each([
    [
      'what the table rejects',
      error({ name: 'ValidationException', $fault: 'client', $metadata: { httpStatusCode: 400 } }),
    ],
    ['what the role may not do', error({ name: 'AccessDeniedException', $fault: 'client' })],
    ['rows that are no JSON', new SyntaxError('Unexpected token')],
    ['no error at all', undefined],
  ])('%s: no', (_, given) => {
    expect(isTransient(given)).toBe(false);
  });
});
