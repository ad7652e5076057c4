import { ServiceError } from '../protocol.ts';
import { FunctionNotFound, type Functions } from './functions.ts';

/** A call of Lambda's REST API. */
export type LambdaRequest = {
  readonly method: string;
  /** Path without the query, still encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

export type LambdaResponse = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

const MAX_EVENT_BYTES = 256 * 1024;

/** Lambda's wire API: `Invoke` in its three modes. Throws `ServiceError`. */
export const lambdaApi =
  (functions: Functions) =>
  async ({ method, path, headers, body }: LambdaRequest): Promise<LambdaResponse> => {
    const [, encoded] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path) ?? [];
    if (method !== 'POST' || encoded === undefined) {
      throw new ServiceError(
        'UnknownOperationException',
        `Lambda on this machine has only Invoke, not ${method} ${path}`,
        404,
      );
    }
    const functionName = readName(decodeURIComponent(encoded));
    if (!functions.has(functionName)) throw notFound(functionName);
    const way = invocationWays[String(headers['x-amz-invocation-type'] ?? 'RequestResponse')];
    if (!way) throw new ServiceError('InvalidParameterValueException', 'InvocationType is not valid');
    return way(functions, functionName, readEvent(body), body);
  };

/** The name may be plain, with a qualifier, or a whole or partial ARN. */
const readName = (name: string): string => {
  const [, fromArn] = /(?:^|:)function:([^:]+)/.exec(name) ?? [];
  return fromArn ?? name.split(':')[0] ?? name;
};

const notFound = (functionName: string) =>
  new ServiceError('ResourceNotFoundException', new FunctionNotFound(functionName).message, 404);

const readEvent = (body: string): unknown => {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch (cause) {
    throw new ServiceError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${cause}`,
    );
  }
};

type Way = (functions: Functions, name: string, event: unknown, body: string) => Promise<LambdaResponse>;

const invocationWays: Readonly<Record<string, Way>> = {
  DryRun: async () => ({ status: 204 }),
  Event: async (functions, name, event, body) => {
    if (Buffer.byteLength(body) > MAX_EVENT_BYTES) {
      throw new ServiceError(
        'RequestTooLargeException',
        `${MAX_EVENT_BYTES} bytes is the limit of an event`,
        413,
      );
    }
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
