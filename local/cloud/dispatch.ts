import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Access, type Caller, userIdOf } from './access/access.ts';
import { needsOfCall, needsOfInvocation } from './access/service-needs.ts';
import type { LocalDynamo } from './dynamo/dynamo.ts';
import { expectInput } from './dynamo/input.ts';
import type { LambdaRequest, LambdaResponse } from './functions/api.ts';
import { isObject, JsonProblem, parseJson } from './json.ts';
import { jsonType, reply } from './json-reply.ts';
import { answerOwn, type Own } from './own-requests.ts';
import { entryNamed, type JsonService, ServiceError } from './protocol.ts';
import { type ReadRequest, readBody } from './read-body.ts';
import { S3Error } from './s3/error.ts';
import type { Expect } from './s3/request.ts';
import { accessKeyOf, serviceOf } from './service-of.ts';
import { rejectionOf } from './web-pages.ts';

/** The services behind the gateway. */
export type Services = Own & {
  readonly s3: {
    handle(request: IncomingMessage, response: ServerResponse, expect?: Expect): void;
    isBucket(name: string): boolean;
  };
  readonly dynamodb: Pick<LocalDynamo, 'handle'>;
  readonly lambda: (request: LambdaRequest) => Promise<LambdaResponse>;
  /** Services with AWS JSON protocol, by the name in a signature's scope. */
  readonly json: Readonly<Record<string, JsonService>>;
  /** Who may do what; without it, everybody may do everything. */
  readonly access?: Pick<Access, 'callerOf' | 'expect'> & Place;
};

type Place = { readonly account: string; readonly region: string };

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Passes a request to its service, if its caller may send it; rejects with the error. */
export const dispatch = async (
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const service = serviceOf(request);
  const rejection = rejectionOf(request.headers, {
    port: request.socket.localPort ?? 0,
    isBucket: services.s3.isBucket,
  });
  if (rejection) {
    // The body is not read, so the connection cannot be reused.
    response.setHeader('connection', 'close');
    if (service === 's3') throw new S3Error('AccessDenied', { message: rejection });
    throw new ServiceError('AccessDeniedException', rejection, 403);
  }
  if (service === 'soundcheck') return answerOwn(services, request, response);
  const caller = services.access?.callerOf(accessKeyOf(request));
  if (service === 's3')
    return services.s3.handle(request, response, (needs) => services.access?.expect(caller, needs));
  response.setHeader('x-amzn-requestid', randomUUID());
  const whole = await readWhole(request);
  if (service === 'lambda') return handleLambda(services, whole, response, caller);
  const json = entryNamed(services.json, service);
  if (!json && service !== 'dynamodb')
    throw new ServiceError('UnknownOperationException', `${service} does not run on this machine`, 404);
  const input = whole.body.length === 0 && json ? {} : inputIn(whole.body, service);
  if (caller) expectCall(services, caller, service, whole, input);
  if (!json) {
    expectInput(operationIn(whole.headers), input, whole.body.length);
    return services.dynamodb.handle(whole, response);
  }
  return replyJson(json, whole, input, response, caller);
};

/** Throws `AccessDenied` unless the caller's role allows the call. */
const expectCall = (
  { access, json }: Services,
  caller: Caller,
  service: string,
  { headers }: ReadRequest,
  input: Readonly<Record<string, unknown>>,
): void => {
  if (!access) return;
  const operation = operationIn(headers);
  const owner = typeof input.Id === 'string' ? json[service]?.ownerOf?.(input.Id) : undefined;
  access.expect(caller, needsOfCall({ service, operation, input, owner, userId: userIdOf(caller) }, access));
};

const operationIn = (headers: ReadRequest['headers']): string =>
  String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1) ?? '';

const readWhole = async (request: IncomingMessage): Promise<ReadRequest> => {
  const { method = 'GET', url = '/', headers } = request;
  return { method, url, headers, body: await readBody(request, MAX_BODY_BYTES) };
};

const handleLambda = async (
  { lambda, access }: Services,
  request: ReadRequest,
  response: ServerResponse,
  caller: Caller | undefined,
): Promise<void> => {
  if (access && caller) access.expect(caller, needsOfInvocation(request.url, access));
  const [path = '/'] = request.url.split('?');
  const answer = await lambda({ ...request, path });
  reply(response, answer.status, answer.headers ?? {}, answer.body ?? '');
};

const replyJson = async (
  service: JsonService,
  { headers }: ReadRequest,
  input: Record<string, unknown>,
  response: ServerResponse,
  caller: Caller | undefined,
): Promise<void> => {
  const userId = caller && userIdOf(caller);
  const answer = await service.handle(operationIn(headers), input, userId);
  reply(response, 200, { 'content-type': jsonType(headers['content-type']) }, JSON.stringify(answer));
};

/** Reads the input of an operation, which is an object; SerializationException for anything else. */
const inputIn = (body: Buffer, service: string): Record<string, unknown> => {
  try {
    if (!isUtf8(body)) throw new JsonProblem('It is not UTF-8');
    const input = parseJson(body.toString());
    if (isObject(input)) return input;
    throw new JsonProblem('It is not an object');
  } catch (cause) {
    if (!(cause instanceof JsonProblem)) throw cause;
    // DynamoDB limits the levels of values, so that deep ones are wrong values and not wrong JSON.
    if (cause.isTooDeep && service === 'dynamodb')
      throw new ServiceError('ValidationException', 'Nesting Levels have exceeded supported limits');
    throw new ServiceError('SerializationException', `The body is not valid: ${cause.message}`);
  }
};
