import { readdirSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { eventsApi } from '../../../../local/cloud/events/api.ts';
import { type BusOptions, openBus } from '../../../../local/cloud/events/bus.ts';

const event = { source: 'soundcheck', 'detail-type': 'File Accepted', detail: { id: 'a' } };
const rule = { name: 'accepted', pattern: { 'detail-type': ['File Accepted'] }, target: 'run-transform' };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bus-'));
});
afterEach(() => rm(directory, { recursive: true }));

const open = (options: Partial<BusOptions> = {}) => {
  const delivered: { target: string; payload: unknown }[] = [];
  const rejected: unknown[] = [];
  const bus = openBus({
    directory,
    account: '000000000000',
    region: 'eu-west-1',
    rules: [rule],
    deliver: async (target, payload) => {
      delivered.push({ target, payload });
    },
    reject: async (_rule, payload) => {
      rejected.push(payload);
    },
    ...options,
  });
  return { bus, delivered, rejected };
};

describe('the bus', () => {
  test('delivers an event, in its envelope, to the rules that match', async () => {
    const other = { name: 'other', pattern: { source: ['aws.s3'] }, target: 'validate-landing' };
    const { bus, delivered } = open({ rules: [rule, other] });
    await bus.publish(event);
    await bus.close();
    expect(delivered).toEqual([
      {
        target: 'run-transform',
        payload: {
          ...event,
          version: '0',
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          account: '000000000000',
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          region: 'eu-west-1',
          resources: [],
        },
      },
    ]);
  });

  test('gives the input of a rule instead of the event', async () => {
    const { bus, delivered } = open({ rules: [{ ...rule, input: { wake: true } }] });
    await bus.publish(event);
    expect(delivered).toEqual([{ target: 'run-transform', payload: { wake: true } }]);
    await bus.close();
  });

  test('puts events that a target rejects on its queue', async () => {
    const { bus, rejected } = open({ deliver: () => Promise.reject(new Error('no such function')) });
    await bus.publish(event);
    await vi.waitFor(() => expect(rejected).toHaveLength(1));
    await bus.close();
    const { bus: next, rejected: again } = open();
    await next.close();
    expect(again).toEqual([]);
  });

  test('delivers again after a death before the acknowledgement, and not after it', async () => {
    const { bus } = open({ deliver: () => new Promise(() => {}) });
    await bus.publish(event);
    const afterDeath = { directory: join(directory, 'after-death') };
    const files = readdirSync(directory);
    await Promise.all(files.map((name) => cp(join(directory, name), join(afterDeath.directory, name))));
    const { bus: second, delivered } = open(afterDeath);
    await second.close();
    expect(delivered).toHaveLength(1);
    const { bus: third, delivered: again } = open(afterDeath);
    await third.close();
    expect(again).toEqual([]);
  });

  test('keeps delayed copies for the next opening', async () => {
    const { bus, delivered } = open({ fate: () => [0, 60_000] });
    await bus.publish(event);
    await bus.close();
    expect(delivered).toHaveLength(1);
    const { bus: next, delivered: again } = open();
    await next.close();
    expect(again).toHaveLength(1);
  });

  test('delivers twice or never when fate says so', async () => {
    const fates = [[0, 0], []];
    const { bus, delivered } = open({ fate: () => fates.shift() ?? [0] });
    await bus.publish(event);
    await bus.publish(event);
    await bus.close();
    expect(delivered).toHaveLength(2);
  });

  test('rejects a rule with an invalid pattern by name', () => {
    expect(() => open({ rules: [{ ...rule, pattern: { source: 'x' } }] })).toThrow(
      /accepted: source must be/,
    );
  });
});

describe('PutEvents', () => {
  const entry = { Source: 'soundcheck', DetailType: 'File Accepted', Detail: '{"id":"a"}' };
  const put = async (...entries: object[]) => {
    const { bus, delivered } = open();
    const answer = await eventsApi(bus).handle('PutEvents', { Entries: entries });
    await bus.close();
    return { answer, delivered };
  };

  test('answers the ids of the events and delivers them', async () => {
    const { answer, delivered } = await put({ ...entry, Time: 1_700_000_000, Resources: ['r'] });
    expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
    expect(delivered[0]?.payload).toMatchObject({
      time: '2023-11-14T22:13:20Z',
      resources: ['r'],
      detail: { id: 'a' },
    });
  });

  test.each([
    ['a source of AWS', { Source: 'aws.s3' }, 'NotAuthorizedForSourceException'],
    ['no source', { Source: undefined }, 'InvalidArgument'],
    ['no detail type', { DetailType: '' }, 'InvalidArgument'],
    ['no detail', { Detail: undefined }, 'InvalidArgument'],
    ['a detail that is no JSON', { Detail: '{' }, 'MalformedDetail'],
    ['a detail that is no object', { Detail: '[1]' }, 'MalformedDetail'],
    ['another bus', { EventBusName: 'mine' }, 'InvalidArgument'],
  ])('fails the entry with %s and takes the others', async (_, change, code) => {
    const { answer, delivered } = await put({ ...entry, ...change }, entry);
    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: code }, { EventId: expect.any(String) }],
    });
    expect(delivered).toHaveLength(1);
  });

  test.each([
    ['no entries', []],
    ['eleven entries', Array.from({ length: 11 }, () => entry)],
    ['more than 256 KB', [{ ...entry, Detail: JSON.stringify({ id: 'x'.repeat(262_144) }) }]],
  ])('rejects a call with %s', async (_, entries) => {
    await expect(put(...entries)).rejects.toMatchObject({ name: 'ValidationException', status: 400 });
  });

  test('tests a pattern against an event', async () => {
    const { bus } = open();
    const call = (EventPattern: string) =>
      eventsApi(bus).handle('TestEventPattern', { EventPattern, Event: '{"source":"a"}' });
    expect(await call('{"source":["a"]}')).toEqual({ Result: true });
    expect(await call('{"source":["b"]}')).toEqual({ Result: false });
    await expect(call('{"source":"a"}')).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
    await bus.close();
  });
});
