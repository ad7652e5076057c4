import { afterEach, expect, test } from 'vitest';
import { type Gateway, openGateway, type Services } from '../../../local/cloud/gateway.ts';
import { surviveErrors } from '../../../local/cloud/last-resort.ts';

const lines: string[] = [];
let gateway: Gateway;
let letGo: () => void;
afterEach(async () => {
  letGo();
  await gateway.close();
});

/** Node's own listeners end the process, or here the test. */
const alone = (): (() => void) => {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const others = events.map((event) => [event, process.rawListeners(event)] as const);
  for (const event of events) process.removeAllListeners(event);
  const end = surviveErrors((cause) => lines.push(String(cause)));
  return () => {
    end();
    for (const [event, listeners] of others)
      for (const listener of listeners) process.on(event, listener as () => void);
  };
};

const broken: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error('thrown at once');
  },
  rejects: () => void Promise.reject(new Error('rejected for nobody')),
  later: () =>
    void setTimeout(() => {
      throw new Error('thrown later');
    }, 5),
};

const service = {
  handle: (operation: string) =>
    new Promise<Record<string, unknown>>((resolve) => {
      const work = broken[operation];
      if (work) work();
      else resolve({ well: true });
    }),
  close: async () => {},
};

test.each([
  ['throws', 'thrown at once'],
  ['rejects', 'rejected for nobody'],
  ['later', 'thrown later'],
])('answers 500 and logs what nobody catches, and stays up: %s', async (operation, message) => {
  letGo = alone();
  const services = {
    s3: { handle: () => {}, isBucket: () => false },
    json: { glue: service },
  } as unknown as Services;
  gateway = await openGateway({ services: Promise.resolve(services), log: (line) => lines.push(line) });
  const ask = (target: string) =>
    fetch(gateway.endpoint, { method: 'POST', headers: { 'x-amz-target': `AWSGlue.${target}` }, body: '{}' });
  const answer = await ask(operation);
  expect(answer.status).toBe(500);
  expect(await answer.json()).toMatchObject({ __type: 'InternalFailure', message: `Error: ${message}` });
  expect(lines.some((line) => line.includes(message))).toBe(true);
  expect((await ask('works')).status).toBe(200);
});
