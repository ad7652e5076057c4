import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { lambda, type Surroundings } from '../../../functions/adapters/lambda.ts';
import { clientEnvironment } from '../../../local/cloud/environment.ts';

const context = {} as never;
const nobodyThere = {
  ...clientEnvironment('http://127.0.0.1:1'),
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};
const Event = z.object({ detail: z.object({ id: z.string() }) });
const event = { detail: { id: 'a' } };
let lines: string[];

beforeEach(() => {
  lines = [];
  // Else the logger writes past the console.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  const keep = (line: unknown): void => void lines.push(String(line));
  for (const level of ['info', 'error', 'warn', 'log'] as const)
    vi.spyOn(console, level).mockImplementation(keep);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const logged = () => lines.map((line) => JSON.parse(line));

describe('a handler', () => {
  test('wires its ports at the first call, once', async () => {
    const wire = vi.fn(({ env }: Surroundings) => env('LAKE_BUCKET'));
    const useCase = (bucket: string) => async (given: typeof event) => [bucket, given.detail.id];
    const handler = lambda(Event, useCase, wire);
    expect(wire).not.toHaveBeenCalled();
    vi.stubEnv('LAKE_BUCKET', 'lake');
    expect(await handler(event, context)).toEqual(['lake', 'a']);
    expect(await handler(event, context)).toEqual(['lake', 'a']);
    expect(wire).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['a batch that began with a file', { detail: { batch: 'plays-1', correlation_id: 'v1' } }, 'v1'],
    ['a batch', { detail: { batch: 'plays-00000001', dataset: 'plays' } }, 'plays-00000001'],
    ['a file', { detail: { file: 'data/plays/a.csv@v1' } }, 'v1'],
    ['a file that landed', { detail: { object: { key: 'data/a.csv', 'version-id': 'v1' } } }, 'v1'],
    ['a run', { detail: { jobName: 'app-transform', jobRunId: 'jr_1' } }, 'jr_1'],
    ['a statement', { detail: { statementId: 's', statementName: 'app-rebuild-a-1' } }, 'app-rebuild-a-1'],
    ['a command', { command: 'Look Again', kind: 'mart', id: 'listening' }, 'listening'],
    ['a command about a file', { command: 'Look Again', kind: 'file', id: 'data/a@b.csv@v1' }, 'v1'],
    ['a schedule', { id: 'of the event', detail: {} }, 'one'],
  ])('writes on each line what the work is about: %s', async (_, given, subject) => {
    const handler = lambda(
      z.unknown(),
      ({ log }: Surroundings) =>
        async () =>
          log.info('it is done'),
      (surroundings) => surroundings,
    );
    await handler(given, { awsRequestId: 'one', getRemainingTimeInMillis: () => 0 } as never);
    expect(logged()).toMatchObject([{ message: 'it is done', correlation_id: subject }]);
  });

  test('writes the files that the work follows on each line, until the next event', async () => {
    const handler = lambda(
      z.object({ all: z.array(z.string()) }),
      ({ log }: Surroundings) =>
        async ({ all }) => {
          log.info('it begins');
          log.follow('v2', all);
          log.info('it is done');
        },
      (surroundings) => surroundings,
    );
    const given = { awsRequestId: 'one', getRemainingTimeInMillis: () => 0 } as never;
    await handler({ all: ['v2', 'v3'] }, given);
    await handler({ all: ['v2'] }, given);
    expect(logged().map(({ correlation_id, correlation_ids }) => [correlation_id, correlation_ids])).toEqual([
      ['one', undefined],
      ['v2', ['v2', 'v3']],
      ['one', undefined],
      ['v2', undefined],
    ]);
  });

  test('tells the id of the invocation, and how much time is left', async () => {
    const handler = lambda(
      Event,
      () => async (_: typeof event, invocation: string, left: () => number) => [invocation, left()],
      () => undefined,
    );
    const given = { awsRequestId: 'one', getRemainingTimeInMillis: () => 900_000 };
    expect(await handler(event, given as never)).toEqual(['one', 900_000]);
  });

  test.each([undefined, ''])(
    'names the variable that is missing (%j), and works once it is there',
    async (value) => {
      vi.stubEnv('LAKE_BUCKET', value);
      const handler = lambda(
        Event,
        (bucket: string) => async () => bucket,
        ({ env }) => env('LAKE_BUCKET'),
      );
      await expect(handler(event, context)).rejects.toThrow(
        'the environment variable LAKE_BUCKET is not set',
      );
      vi.stubEnv('LAKE_BUCKET', 'lake');
      expect(await handler(event, context)).toBe('lake');
    },
  );

  test.each([{}, undefined, { detail: { id: 7 } }, 'text'])(
    'rejects the malformed event %j',
    async (malformed) => {
      const useCase = vi.fn(async () => 'done');
      const handler = lambda(
        Event,
        () => useCase,
        () => ({}),
      );
      await expect(handler(malformed, context)).rejects.toThrow(z.ZodError);
      expect(useCase).not.toHaveBeenCalled();
      expect(logged()).toMatchObject([{ level: 'ERROR', message: 'the step failed' }]);
    },
  );

  test('throws on what goes wrong, so that it is retried, and logs it in one line', async () => {
    const useCase = () => async () => {
      throw new RangeError('no spec of batch b1');
    };
    const handler = lambda(Event, useCase, () => ({}));
    await expect(handler(event, context)).rejects.toThrow(RangeError);
    expect(logged()).toMatchObject([
      { level: 'ERROR', error: { name: 'RangeError', message: 'no spec of batch b1' } },
    ]);
  });

  test('logs a constant message with its facts, and never the event', async () => {
    const useCase =
      ({ log }: Surroundings) =>
      async () => {
        log.info('file validated', { file: 'a.csv' });
        log.error('file is parked');
      };
    await lambda(Event, useCase, (surroundings) => surroundings)(event, context);
    expect(logged()).toMatchObject([
      { level: 'INFO', message: 'file validated', file: 'a.csv' },
      { level: 'ERROR', message: 'file is parked' },
    ]);
    expect(lines.join()).not.toContain('"detail"');
  });

  test('tells the time in UTC with milliseconds, and waits', async () => {
    const useCase =
      ({ clock }: Surroundings) =>
      async () => {
        const before = clock.now();
        await clock.wait(20);
        return [before, clock.now()];
      };
    const [before = '', after = ''] = await lambda(
      Event,
      useCase,
      (surroundings) => surroundings,
    )(event, context);
    expect(before).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(after) - Date.parse(before)).toBeGreaterThanOrEqual(19);
  });
});

describe('the handlers', () => {
  const folder = new URL('../../../functions/', import.meta.url);
  const names = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const deployed: Record<string, { handler: string; environment: object }> = parse(
    readFileSync(new URL('functions.yml', folder), 'utf8'),
    {
      customTags: ['Sub', 'Ref', 'GetAtt'].map((tag) => ({
        tag: `!${tag}`,
        resolve: (text: string) => text,
      })),
    },
  );
  const service: { provider: { environment: object } } = parse(
    readFileSync(new URL('../serverless.yml', folder), 'utf8'),
    {
      customTags: ['Sub', 'Ref', 'GetAtt'].map((tag) => ({
        tag: `!${tag}`,
        resolve: (text: string) => text,
      })),
    },
  );
  const whole: Readonly<Record<string, unknown>> = {
    'detail-type': 'Batch Published',
    detail: {
      object: { key: 'elsewhere/a.csv', 'version-id': 'v1' },
      dataset: 'd',
      id: 'i',
      jobRunId: 'jr',
      statementId: 's',
      statementName: 'n',
    },
  };

  const handlerOf = async (file: string) => {
    const { handler } = await import(new URL(file, folder).href);
    return handler as (event: unknown, context: never) => Promise<unknown>;
  };

  test('are all deployed', () => {
    // One is deployed twice, outside and inside of the network.
    const handlers = new Set(Object.values(deployed).map(({ handler }) => handler));
    expect([...handlers].sort()).toEqual(
      names.map((file) => `functions/${file.replace('.ts', '.handler')}`).sort(),
    );
  });

  test.each(names)(
    '%s is imported without an environment, and names the variable that it misses',
    async (file) => {
      for (const name of Object.keys(process.env)) vi.stubEnv(name, undefined);
      vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
      const handler = await handlerOf(file);
      await expect(handler(whole, context)).rejects.toThrow(/the environment variable [A-Z_]+ is not set/);
    },
  );

  test.each(names)('%s asks for nothing that the template does not give it', async (file) => {
    const handler = await handlerOf(file);
    const own = Object.values(deployed).find(
      ({ handler }) => handler === `functions/${file.replace('.ts', '.handler')}`,
    );
    const given = { ...service.provider.environment, ...own?.environment };
    for (const name of Object.keys(given)) vi.stubEnv(name, 'some');
    for (const [name, value] of Object.entries(nobodyThere)) vi.stubEnv(name, value);
    const failed = await handler({ detail: 'malformed' }, context).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(String(failed)).not.toMatch(/environment variable/);
  });
});
