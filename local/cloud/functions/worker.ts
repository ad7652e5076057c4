import { parentPort, workerData } from 'node:worker_threads';
import { joinFunctionLog } from './log.ts';
import type { FunctionError, InvokeMessage, WorkerMessage, WorkerStart } from './worker-protocol.ts';

/** Lambda's runtime inside a worker: loads the bundle, then runs one invocation after another. */

const { bundle, handler: name, log } = workerData as WorkerStart;

const say = (message: WorkerMessage): void => parentPort?.postMessage(message);

/** The worker writes the lines itself, so that they are in the file even if it is stopped in the middle. */
const logTo = (append: (chunk: string | Uint8Array) => void): void => {
  const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    append(chunk);
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') queueMicrotask(() => callback());
    return true;
  };
  Object.assign(process.stdout, { write });
  Object.assign(process.stderr, { write });
};

const contextOf = ({ requestId, functionName, functionArn, memory }: InvokeMessage, end: number) => ({
  awsRequestId: requestId,
  functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: functionArn,
  memoryLimitInMB: String(memory),
  logGroupName: `/aws/lambda/${functionName}`,
  logStreamName: 'local',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, end - performance.now()),
});

const describe = (cause: unknown): FunctionError => {
  if (!(cause instanceof Error)) return { errorType: typeof cause, errorMessage: String(cause) };
  return { errorType: cause.name, errorMessage: cause.message, trace: cause.stack?.split('\n') ?? [] };
};

/** A result is turned into JSON, as on AWS. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');

type Handler = (event: unknown, context: ReturnType<typeof contextOf>) => unknown;

const run = async (handler: Handler, message: InvokeMessage): Promise<WorkerMessage> => {
  // A clock that somebody sets changes nothing about the time that is left.
  const end = performance.now() + message.timeout;
  const { requestId } = message;
  try {
    return {
      kind: 'answered',
      requestId,
      payload: asJson(await handler(message.event, contextOf(message, end))),
    };
  } catch (cause) {
    const error = describe(cause);
    console.error(JSON.stringify({ level: 'ERROR', message: 'Invoke Error', requestId, ...error }));
    return { kind: 'failed', requestId, error };
  }
};

logTo(joinFunctionLog(log));
const { [name]: handler } = (await import(bundle)) as Record<string, unknown>;
if (typeof handler !== 'function') throw new Error(`${bundle} exports no function ${name}`);
parentPort?.on('message', async (message: InvokeMessage) => say(await run(handler as Handler, message)));
say({ kind: 'ready' });
