import { existsSync, readFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { lambdaApi } from '../../../../local/cloud/functions/api.ts';
import { FunctionNotFound, type Functions } from '../../../../local/cloud/functions/functions.ts';
import { deployed, type Project, writeProject } from './deployed.ts';

const sources = {
  echo: `
    import catalog from '#catalog';
    export const handler = async (event: unknown, context: { getRemainingTimeInMillis(): number }) => {
      console.log('heard', JSON.stringify(event));
      const { functionName, awsRequestId } = context as unknown as Record<string, string>;
      return { event, functionName, awsRequestId, left: context.getRemainingTimeInMillis(), env: process.env, catalog };
    };`,
  fail: `export const handler = async ({ message }: { message: string }) => { throw new TypeError(message); };`,
  jump: `
    export const handler = (_: unknown, context: { getRemainingTimeInMillis(): number }) => {
      const now = Date.now();
      Date.now = () => now + 400 * 86_400_000;
      return { left: context.getRemainingTimeInMillis() };
    };`,
  hang: `export const handler = async () => { for (;;); };`,
  wait: `export const handler = () => new Promise(() => { setInterval(() => {}, 1000); });`,
  crash: `export const handler = () => process.exit(3);`,
  reject: `export const handler = () => { Promise.reject(new Error('forgotten')); return new Promise(() => setInterval(() => {}, 1e3)); };`,
  broken: `throw new Error('cannot load'); export const handler = () => {};`,
  count: `
    import { appendFileSync } from 'node:fs';
    let calls = 0;
    export const handler = async ({ file, failures = 0, pause = 0 }: { file: string; failures?: number; pause?: number }) => {
      calls += 1;
      appendFileSync(file, 'x');
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (calls <= failures) throw new Error('not yet');
      return calls;
    };`,
};

let project: Project;
let functions: Functions | undefined;
beforeAll(async () => {
  project = await writeProject(sources);
});
afterEach(async () => {
  await functions?.drain(0);
  functions?.close();
  functions = undefined;
  project.sent.length = 0;
  await rm(join(project.root, 'state'), { recursive: true, force: true });
});
afterAll(() => project.remove());

const open = (...deployment: ReturnType<typeof deployed>[]): Functions => {
  functions = project.open(deployment);
  functions.start();
  return functions;
};

const tries = () => {
  const path = join(project.root, 'tries');
  return {
    path,
    count: () => (existsSync(path) ? readFileSync(path, 'utf8').length : 0),
    clear: () => rm(path, { force: true }),
  };
};

describe('a function', () => {
  test('calls other services with the access key of its role', async () => {
    const role = 'arn:aws:iam::000000000000:role/own';
    const environment = { AWS_ACCESS_KEY_ID: 'local' };
    const keyOf = (settings: { role?: string; name: string }) => `${settings.role} ${settings.name}`;
    functions = project.open([deployed('echo', { role })], { environment, keyOf });
    functions.start();
    const outcome = await functions.invoke('test-echo', {});
    expect(outcome).toMatchObject({ payload: { env: { AWS_ACCESS_KEY_ID: `${role} test-echo` } } });
  });

  test('has as much time left as before if the clock jumps', async () => {
    const outcome = await open(deployed('jump')).invoke('test-jump', {});
    expect((outcome as { payload: { left: number } }).payload.left).toBeGreaterThan(9_000);
  });

  test('gets event and context and sees only its own environment', async () => {
    process.env.PRIVATE_TO_THE_PERSON = 'yes';
    const outcome = await open(deployed('echo', { environment: { TABLE: 't' } })).invoke('test-echo', {
      a: [1],
    });
    expect(outcome).toMatchObject({ ok: true, payload: { event: { a: [1] }, functionName: 'test-echo' } });
    const { env, left, catalog, awsRequestId } = (outcome as { payload: Record<string, unknown> }).payload;
    expect(env).toEqual({
      AWS_REGION: 'eu-west-1',
      TABLE: 't',
      AWS_LAMBDA_FUNCTION_NAME: 'test-echo',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/test-echo',
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
      _HANDLER: 'functions/echo.handler',
    });
    expect(left).toBeGreaterThan(9_000);
    expect(left).toBeLessThanOrEqual(10_000);
    expect(awsRequestId).toBe(outcome.requestId);
    expect(catalog).toEqual({ marts: ['listening'] });
  });

  test('answers its error as a value', async () => {
    const outcome = await open(deployed('fail')).invoke('test-fail', { message: 'no luck' });
    expect(outcome).toMatchObject({ ok: false, error: { errorType: 'TypeError', errorMessage: 'no luck' } });
  });

  test.each([
    ['runs in circles', 'hang', /timed out after 0.30 seconds/],
    ['waits for ever', 'wait', /timed out after 0.30 seconds/],
    ['ends its process', 'crash', /exited with code 3/],
    ['forgets a rejection', 'reject', /forgotten/],
    ['cannot be loaded', 'broken', /cannot load/],
  ])('that %s fails and does not take the next invocation with it', async (_, key, message) => {
    const opened = open(deployed(key, { timeout: 0.3 }));
    for (let time = 0; time < 2; time++) {
      const outcome = await opened.invoke(`test-${key}`, {});
      expect(outcome).toMatchObject({ ok: false, error: { errorMessage: expect.stringMatching(message) } });
    }
  });

  test('logs what it prints between START and REPORT, in one file', async () => {
    const { requestId } = await open(deployed('echo')).invoke('test-echo', { a: 1 });
    const lines = readFileSync(join(project.root, 'state', 'logs', 'test-echo.log'), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toEqual([
      `START RequestId: ${requestId} Version: $LATEST`,
      'heard {"a":1}',
      `END RequestId: ${requestId}`,
      expect.stringMatching(/^REPORT RequestId: \S+ Duration: [\d.]+ ms$/),
    ]);
  });

  test('runs in several workers at once, up to the limit, one invocation each', async () => {
    const { path, clear } = tries();
    const opened = open(deployed('count'));
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => opened.invoke('test-count', { file: path, pause: 150 })),
    );
    const numbers = outcomes.map((outcome) => (outcome.ok ? outcome.payload : undefined));
    // Each worker counts its own invocations: as many firsts as there are workers.
    expect(numbers.filter((number) => number === 1)).toHaveLength(4);
    await clear();
  });

  test('is run by another worker once it is renewed, and what runs comes to its end', async () => {
    const opened = open(deployed('count'));
    const { path, clear } = tries();
    const call = (wait = 0) => opened.invoke('test-count', { file: path, pause: wait });
    expect(await call()).toMatchObject({ payload: 1 });
    const running = call(500);
    opened.renew();
    expect(await call()).toMatchObject({ payload: 1 });
    expect(await running).toMatchObject({ payload: 2 });
    expect(await call()).toMatchObject({ payload: 2 });
    opened.renew();
    expect(await call()).toMatchObject({ payload: 1 });
    await clear();
  });

  test('that is not deployed is rejected', async () => {
    await expect(open(deployed('echo')).invoke('test-gone', {})).rejects.toThrow(FunctionNotFound);
  });
});

describe('an asynchronous invocation', () => {
  test('is tried until it succeeds', async () => {
    const { path, count, clear } = tries();
    await open(deployed('count')).invokeAsync('test-count', { file: path, failures: 2 }).done;
    expect(count()).toBe(3);
    expect(project.sent).toEqual([]);
    await clear();
  });

  test('goes to the queue for failures, with its story, when its tries are used up', async () => {
    const { requestId, done } = open(deployed('fail')).invokeAsync('test-fail', { message: 'never' });
    await done;
    expect(project.sent).toEqual([
      {
        queue: 'failed',
        record: {
          version: '1.0',
          timestamp: expect.any(String),
          requestContext: {
            requestId,
            functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:test-fail:$LATEST',
            condition: 'RetriesExhausted',
            approximateInvokeCount: 3,
          },
          requestPayload: { message: 'never' },
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: expect.objectContaining({ errorType: 'TypeError', errorMessage: 'never' }),
        },
      },
    ]);
  });

  test('counts a hang as a try', async () => {
    await open(deployed('hang', { timeout: 0.1, maximumRetryAttempts: 1 })).invokeAsync('test-hang', {}).done;
    expect(project.sent[0]?.record).toMatchObject({
      requestContext: { approximateInvokeCount: 2 },
      responsePayload: { errorType: 'Sandbox.Timedout' },
    });
  });

  test('that was accepted and not done is run by the next process', async () => {
    const { path, count, clear } = tries();
    const accepted = project.open([deployed('count')]);
    accepted.invokeAsync('test-count', { file: path });
    const state = join(project.root, 'after-death');
    await cp(join(project.root, 'state'), state, { recursive: true });
    accepted.close();
    functions = project.open([deployed('count')], { state });
    functions.start();
    await vi.waitFor(() => expect(count()).toBe(1), 10_000);
    await clear();
  });

  test('that is cut off by the end is run after the next start, and one that was done is not', async () => {
    const { path, count, clear } = tries();
    const first = open(deployed('count', { maximumRetryAttempts: 0 }));
    await first.invokeAsync('test-count', { file: path }).done;
    first.invokeAsync('test-count', { file: path, pause: 60_000 });
    await vi.waitFor(() => expect(count()).toBe(2), 10_000);
    await first.drain(0);
    first.close();
    open(deployed('count', { maximumRetryAttempts: 0 }));
    await vi.waitFor(() => expect(count()).toBe(3), 10_000);
    expect(project.sent).toEqual([]);
    await clear();
  });

  test('that runs when the end is near is waited for', async () => {
    const { path, count, clear } = tries();
    const first = open(deployed('count'));
    const { done } = first.invokeAsync('test-count', { file: path, pause: 300 });
    await vi.waitFor(() => expect(count()).toBe(1), 10_000);
    await first.drain(5_000);
    await done;
    first.close();
    open(deployed('count'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(count()).toBe(1);
    await clear();
  });
});

describe('bundles', () => {
  test('are kept while their sources are the same', async () => {
    const { bundleFunctions } = await import('../../../../local/cloud/functions/bundle.ts');
    const { statSync, utimesSync } = await import('node:fs');
    const options = {
      root: project.root,
      functions: Object.keys(sources).map((key) => ({ key, entry: `functions/${key}.ts` })),
      directory: join(project.root, 'bundles'),
      catalog: { path: join(project.root, 'catalog.json') },
    };
    const bundle = project.bundles.functions.get('echo') ?? '';
    const made = statSync(bundle).mtimeMs;
    await bundleFunctions(options);
    expect(statSync(bundle).mtimeMs).toBe(made);
    utimesSync(join(project.root, 'catalog.json'), new Date(), new Date());
    await bundleFunctions(options);
    expect(statSync(bundle).mtimeMs).toBeGreaterThan(made);
  });
});

describe("Lambda's REST API", () => {
  const call = (path: string, headers: Record<string, string> = {}, body = '{"message":"m"}') =>
    lambdaApi(open(deployed('echo'), deployed('fail')))({
      ...{ method: 'POST', path, headers },
      body: Buffer.from(body),
    });
  const invocations = (name: string) => `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;

  test.each([
    'test-echo',
    'test-echo:$LATEST',
    '000000000000:function:test-echo',
    deployed('echo').arn,
    `${deployed('echo').arn}:$LATEST`,
  ])('invokes %s', async (name) => {
    const { status, body = '' } = await call(invocations(name));
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ event: { message: 'm' } });
  });

  test('answers an error of the function with 200 and a header', async () => {
    const { status, headers, body = '' } = await call(invocations('test-fail'));
    expect({ status, error: headers?.['x-amz-function-error'] }).toEqual({ status: 200, error: 'Unhandled' });
    expect(JSON.parse(body)).toMatchObject({ errorMessage: 'm' });
  });

  test.each([
    ['Event', 202],
    ['DryRun', 204],
  ])('answers %s without waiting for the function', async (type, status) => {
    expect(await call(invocations('test-fail'), { 'x-amz-invocation-type': type })).toEqual({ status });
  });

  test('answers that there are too many where events that wait are larger than 128 MB', async () => {
    const waiting: (() => void)[] = [];
    const invoke = lambdaApi({
      ...open(deployed('echo')),
      has: () => true,
      invoke: () =>
        new Promise((resolve) => {
          waiting.push(() => resolve({ requestId: 'r', ok: true, payload: null }));
        }),
    });
    const body = Buffer.from(JSON.stringify('x'.repeat(6_000_000)));
    const call = () => invoke({ method: 'POST', path: invocations('echo'), headers: {}, body });
    const accepted = Array.from({ length: 22 }, call);
    await expect(call()).rejects.toMatchObject({ name: 'TooManyRequestsException', status: 429 });
    for (const end of waiting) end();
    expect((await Promise.all(accepted)).map(({ status }) => status)).toEqual(accepted.map(() => 200));
    const later = call();
    waiting.at(-1)?.();
    expect(await later).toMatchObject({ status: 200 });
  });

  test.each([
    ['an unknown function', invocations('gone'), {}, '{}', 'ResourceNotFoundException', 404],
    ['a body that is no JSON', invocations('test-echo'), {}, '{', 'InvalidRequestContentException', 400],
    [
      'an unknown way',
      invocations('test-echo'),
      { 'x-amz-invocation-type': 'Later' },
      '{}',
      'InvalidParameterValueException',
      400,
    ],
    [
      'an event that is too large',
      invocations('test-echo'),
      { 'x-amz-invocation-type': 'Event' },
      JSON.stringify('x'.repeat(262_144)),
      'RequestTooLargeException',
      413,
    ],
    ['another operation', '/2015-03-31/functions/', {}, '', 'UnknownOperationException', 404],
  ])('rejects %s', async (_, path, headers, body, name, status) => {
    await expect(call(path, headers, body)).rejects.toMatchObject({ name, status });
  });
});
