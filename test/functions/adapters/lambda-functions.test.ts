import { afterAll, beforeAll, expect, test } from 'vitest';
import { lambdaFunctions } from '../../../functions/adapters/lambda-functions.ts';
import { lookAgain } from '../../../functions/pipeline/events.ts';
import { lambdaApi } from '../../../local/cloud/functions/api.ts';
import { type Laptop, openLaptop } from './laptop.ts';

const invoked: [string, unknown][] = [];
let laptop: Laptop;
beforeAll(async () => {
  const lambda = lambdaApi({
    has: (name) => name === 'app-validate-landing',
    invoke: async () => {
      throw new Error('nobody waits for an answer');
    },
    invokeAsync: (name, event) => {
      invoked.push([name, event]);
      return { requestId: 'r', done: Promise.resolve() };
    },
    start: () => {},
    renew: () => {},
    drain: async () => {},
    close: () => {},
  });
  laptop = await openLaptop({ lambda });
});
afterAll(() => laptop.close());

test('invokes the stack’s function with the command, without waiting for its answer', async () => {
  const event = lookAgain('file', 'data/plays/ä b+c.csv@v1');
  await lambdaFunctions('app').invoke('validate-landing', event);
  expect(invoked).toEqual([['app-validate-landing', event]]);
});

test('throws when there is no such function', async () => {
  await expect(lambdaFunctions('app').invoke('run-transform', lookAgain('dataset', 'plays'))).rejects.toThrow(
    /app-run-transform/,
  );
});
