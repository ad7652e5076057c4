import { isUtf8 } from 'node:buffer';
import { JsonProblem, parseJson } from '../json.ts';
import { entryNamed, ServiceError } from '../protocol.ts';
import { FunctionNotFound, type Functions } from './functions.ts';

/** A call of Lambda's REST API. */
export type LambdaRequest = {
  readonly method: string;
  /** Path without the query, still encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
};

export type LambdaResponse = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

const MAX_EVENT_BYTES = 256 * 1024;
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;
/** Bytes of events that wait for their functions, of all requests together. */
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/** Lambda's wire API: `Invoke` in its three modes. Throws `ServiceError`. */
export const lambdaApi = (functions: Functions) => {
  let waiting = 0;
  return async ({ method, path, headers, body }: LambdaRequest): Promise<LambdaResponse> => {
    const [, encoded] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path) ?? [];
    if (method !== 'POST' || encoded === undefined) {
      throw new ServiceError(
        'UnknownOperationException',
        `Lambda on this machine has only Invoke, not ${method} ${path}`,
        404,
      );
    }
    const functionName = readName(decodeName(encoded));
    if (!functions.has(functionName)) throw notFound(functionName);
    const way = entryNamed(invocationWays, String(headers['x-amz-invocation-type'] ?? 'RequestResponse'));
    if (!way) throw new ServiceError('InvalidParameterValueException', 'InvocationType is not valid');
    expectSize(body, MAX_PAYLOAD_BYTES);
    const event = readEvent(body);
    if (waiting + body.length > MAX_WAITING_BYTES)
      throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429);
    waiting += body.length;
    try {
      return await way(functions, functionName, event, body);
    } finally {
      waiting -= body.length;
    }
  };
};

/** The name in a path; InvalidParameterValueException unless it is UTF-8. */
export const decodeName = (encoded: string): string => {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new ServiceError('InvalidParameterValueException', `FunctionName is not valid: ${encoded}`);
  }
};

const expectSize = (body: Buffer, most: number): void => {
  if (body.length <= most) return;
  throw new ServiceError(
    'RequestTooLargeException',
    `Request must be smaller than ${most} bytes for the InvokeFunction operation`,
    413,
  );
};

/** The name may be plain, with a qualifier, or a whole or partial ARN. */
const readName = (name: string): string => {
  const [, fromArn] = /(?:^|:)function:([^:]+)/.exec(name) ?? [];
  return fromArn ?? name.split(':')[0] ?? name;
};

const notFound = (functionName: string) =>
  new ServiceError('ResourceNotFoundException', new FunctionNotFound(functionName).message, 404);

const readEvent = (body: Buffer): unknown => {
  try {
    if (!isUtf8(body)) throw new JsonProblem('It is not UTF-8');
    return body.length === 0 ? {} : parseJson(body.toString());
  } catch (cause) {
    if (!(cause instanceof JsonProblem)) throw cause;
    throw new ServiceError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${cause.message}`,
    );
  }
};

type Way = (functions: Functions, name: string, event: unknown, body: Buffer) => Promise<LambdaResponse>;

const invocationWays: Readonly<Record<string, Way>> = {
  DryRun: async () => ({ status: 204 }),
  Event: async (functions, name, event, body) => {
    expectSize(body, MAX_EVENT_BYTES);
    functions.invokeAsync(name, event);
    return { status: 202 };
  },
  RequestResponse: async (functions, name, event) => {
    const outcome = await functions.invoke(name, event);
    const headers = { 'x-amz-executed-version': '$LATEST', 'content-type': 'application/json' };
    return outcome.ok
      ? { status: 200, headers, body: JSON.stringify(outcome.payload) }
      : {
          status: 200,
          headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
          body: JSON.stringify(outcome.error),
        };
  },
};
