import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Access, AccessDenied, type Caller, userIdOf } from './access/access.ts';
import { needsOfCall, needsOfInvocation } from './access/service-needs.ts';
import { anyDisk, type Disk } from './disk.ts';
import { internalErrorOf } from './disk-errors.ts';
import type { LocalDynamo } from './dynamo/dynamo.ts';
import { expectInput } from './dynamo/input.ts';
import type { LambdaRequest, LambdaResponse } from './functions/api.ts';
import { isObject, JsonProblem, parseJson } from './json.ts';
import { onBehalfOf } from './last-resort.ts';
import { answerOwn, type Own } from './own-requests.ts';
import { entryNamed, type JsonService, ServiceError } from './protocol.ts';
import { type ReadRequest, readBody } from './read-body.ts';
import { S3Error } from './s3/error.ts';
import { replyS3Error } from './s3/reply.ts';
import type { Expect } from './s3/request.ts';
import { accessKeyOf, serviceOf } from './service-of.ts';
import { openStalls } from './stalls.ts';
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

export type Gateway = {
  readonly endpoint: string;
  /** Accepts no more requests, waits a moment for running ones, and closes. */
  close(): Promise<void>;
};

export type GatewayOptions = {
  /** Default: a free port. */
  readonly port?: number | undefined;
  /** Requests wait until the services are open. */
  readonly services: Promise<Services>;
  readonly log: (line: string) => void;
  /** Default: a disk that is never full. */
  readonly disk?: Disk;
  /** Milliseconds after which a client that neither sends nor takes anything is given up; default: a minute. */
  readonly patience?: number;
};

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const GRACE_MS = 1_000;

/**
 * Opens the common endpoint of all services on 127.0.0.1. A request goes to the service named in its signature; everything else
 * goes to S3, or to the cloud itself. Signatures are not verified, so requests that a web page could send are rejected. Rejects if the port is in use.
 */
export const openGateway = async ({
  port = 0,
  services,
  log,
  patience = 60_000,
  disk = anyDisk,
}: GatewayOptions): Promise<Gateway> => {
  const stalls = openStalls(patience);
  const server = createServer((request, response) => {
    const fail = (cause: unknown): void => {
      // Who has left gets no answer.
      if (request.destroyed && !request.complete) return void response.destroy();
      const error = known(cause) ?? full(cause, serviceOf(request), disk) ?? unexpected(cause, log);
      if (error === cause && error.status === 500) log(`A request failed: ${error.message}`);
      replyError(request, response, error);
    };
    stalls.watch(request, response, () => {
      response.setHeader('connection', 'close');
      fail(stalled(serviceOf(request)));
    });
    onBehalfOf(fail, () => services.then((ready) => dispatch(ready, request, response)).catch(fail));
  });
  // Without an answer of ours, Node only closes the connection.
  server.on('connect', (_, socket) => socket.end(noProxy));
  // Uploads may take long, and clients keep connections longer than Node's five seconds.
  Object.assign(server, { requestTimeout: 0, keepAliveTimeout: 75_000, headersTimeout: 80_000 });
  await listen(server, port);
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await close(server);
      stalls.close();
    },
  };
};

const noProxyError =
  '<Error><Code>MethodNotAllowed</Code><Message>The specified method is not allowed against this resource.</Message></Error>';
const noProxy = `HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Type: application/xml\r\nContent-Length: ${noProxyError.length}\r\n\r\n${noProxyError}`;

const stalled = (service: string): ServiceError =>
  service === 's3'
    ? new S3Error('RequestTimeout')
    : new ServiceError('RequestTimeoutException', 'The rest of the request did not arrive', 408);

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });

const close = async (server: Server): Promise<void> => {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(timer);
};

const dispatch = async (
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

/** Services answer with their own status; all of them name this error of access. */
const known = (cause: unknown): ServiceError | undefined => {
  if (cause instanceof AccessDenied) return new ServiceError('AccessDeniedException', cause.message, 400);
  return cause instanceof ServiceError ? cause : undefined;
};

/** A service that cannot write answers with its own internal error, which clients take for transient. */
const full = (cause: unknown, service: string, disk: Disk): ServiceError | undefined => {
  const failure = disk.notice(cause);
  return failure && internalErrorOf(service, failure);
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

const jsonType = (given = ''): string =>
  given.startsWith('application/') ? given : 'application/x-amz-json-1.1';

const unexpected = (cause: unknown, log: GatewayOptions['log']): ServiceError => {
  log(`A request failed: ${cause instanceof Error ? cause.stack : cause}`);
  return new ServiceError('InternalFailure', String(cause), 500);
};

const replyError = (request: IncomingMessage, response: ServerResponse, error: ServiceError): void => {
  if (response.headersSent) return void response.destroy();
  if (serviceOf(request) === 's3') return void replyS3Error(request, response, error);
  const headers = {
    'content-type': jsonType(request.headers['content-type']),
    'x-amzn-errortype': error.name,
  };
  reply(response, error.status, headers, JSON.stringify({ __type: error.name, message: error.message }));
};

const reply = (
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string,
): void => {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
};
