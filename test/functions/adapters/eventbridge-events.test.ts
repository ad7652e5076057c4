import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { eventBridgeEvents } from '../../../functions/adapters/eventbridge-events.ts';
import { batchEvent } from '../../../functions/pipeline/events.ts';
import { eventsApi } from '../../../local/cloud/events/api.ts';
import { type Bus, openBus } from '../../../local/cloud/events/bus.ts';
import { type Laptop, openLaptop } from './laptop.ts';

let directory: string;
let bus: Bus;
let laptop: Laptop;
const delivered: unknown[] = [];

/** As the template asks for it. */
const pattern = {
  source: ['soundcheck'],
  'detail-type': ['Batch Published'],
  detail: { stage: ['dev'] },
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bus-'));
  bus = openBus({
    directory,
    account: '000000000000',
    region: 'eu-west-1',
    rules: [{ name: 'published', pattern, target: 'f' }],
    deliver: async (_, event) => void delivered.push(event),
    reject: async () => {},
  });
  laptop = await openLaptop({ json: { events: eventsApi(bus) } });
});
afterEach(() => {
  delivered.length = 0;
  laptop.rest();
});
afterAll(async () => {
  await laptop.close();
  await bus.close();
  await rm(directory, { recursive: true });
});

test('announces what rules of its stage match', async () => {
  await eventBridgeEvents('dev').announce(
    batchEvent('Batch Published', { dataset: 'plays', id: 'plays-00000001' }),
  );
  await vi.waitFor(() => expect(delivered).toHaveLength(1));
  expect(delivered[0]).toMatchObject({
    source: 'soundcheck',
    'detail-type': 'Batch Published',
    detail: { stage: 'dev', dataset: 'plays', batch: 'plays-00000001' },
  });
});

test('stays out of the rules of other stages and events', async () => {
  await eventBridgeEvents('prod').announce(batchEvent('Batch Published', { dataset: 'plays', id: 'a' }));
  await eventBridgeEvents('dev').announce(batchEvent('Batch Failed', { dataset: 'plays', id: 'b' }));
  await eventBridgeEvents('dev').announce(batchEvent('Batch Published', { dataset: 'plays', id: 'c' }));
  await vi.waitFor(() => expect(delivered).toMatchObject([{ detail: { batch: 'c' } }]));
});

test('throws when the bus answers that it did not take an entry', async () => {
  const rejected = { ErrorCode: 'ThrottlingException', ErrorMessage: 'later' };
  laptop.once('PutEvents', () => ({ status: 200, body: { FailedEntryCount: 1, Entries: [rejected] } }));
  await expect(
    eventBridgeEvents('dev').announce(batchEvent('Batch Published', { dataset: 'plays', id: 'x' })),
  ).rejects.toThrow('Batch Published was not accepted: ThrottlingException later');
});

test('announces at least once when the answer is lost', async () => {
  laptop.once('PutEvents', () => 'lost');
  await eventBridgeEvents('dev').announce(batchEvent('Batch Published', { dataset: 'plays', id: 'lost' }));
  await vi.waitFor(() => expect(delivered).toHaveLength(2));
});
