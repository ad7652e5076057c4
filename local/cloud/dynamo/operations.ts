import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import type { ReadRequest } from '../read-body.ts';
import { type Rejection, type Store, type Validation, validations } from './dynalite.ts';

/** An operation that dynalite does not have. */
export type Operation = Validation & {
  /**
   * Works on a request that was validated, which parses its expressions; `given` is the request as it was sent. Rejects with a
   * `Rejection` for what a client did wrong.
   */
  run(request: Record<string, unknown>, given: Readonly<Record<string, unknown>>): Promise<object>;
};

/** Answers a request if it is for one of the operations, and rejects with what is no answer; undefined for all others. */
export type Answering = (request: ReadRequest, response: ServerResponse) => Promise<void> | undefined;

/** Opens operations beside those of dynalite: they read requests and write answers and errors in the same way. */
export const openOperations =
  (store: Store, operations: Readonly<Record<string, Operation>>): Answering =>
  (request, response) => {
    const [version, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (request.method !== 'POST' || version !== 'DynamoDB_20120810' || !operation) return undefined;
    return answer(store, operation, request.body).then(({ status, body }) => {
      const [type = ''] = String(request.headers['content-type'] ?? '').split(';');
      const text = JSON.stringify(body);
      response.setHeader('x-amzn-RequestId', randomBytes(26).toString('hex').toUpperCase());
      response.setHeader('x-amz-crc32', crc32(text));
      response.setHeader('content-type', type.trim() === '' ? 'application/x-amz-json-1.0' : type.trim());
      response.setHeader('content-length', Buffer.byteLength(text));
      response.writeHead(status).end(text);
    });
  };

type Answer = { readonly status: number; readonly body: object };

const answer = async (store: Store, operation: Operation, body: Buffer): Promise<Answer> => {
  try {
    const { checkTypes, checkValidations } = validations();
    const request = checkTypes(objectIn(body), operation.types);
    checkValidations(request, operation.types, operation.custom, store);
    return { status: 200, body: await operation.run(request, objectIn(body)) };
  } catch (cause) {
    if (isRejection(cause)) return { status: cause.statusCode, body: cause.body };
    throw cause;
  }
};

const objectIn = (body: Buffer): Record<string, unknown> => {
  const parsed: unknown = parsedOf(body);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
    return parsed as Record<string, unknown>;
  throw rejection('com.amazon.coral.service#SerializationException', 'Unexpected value type in payload');
};

const parsedOf = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
};

const isRejection = (cause: unknown): cause is Rejection =>
  cause instanceof Error && 'statusCode' in cause && 'body' in cause;

/** An error of DynamoDB by its name; `more` are further members of the answer. */
export const rejection = (type: string, message: string, more: object = {}): Rejection => {
  const name = type.includes('#') ? type : `com.amazonaws.dynamodb.v20120810#${type}`;
  const key =
    type.endsWith('SerializationException') || type.startsWith('Transaction') ? 'Message' : 'message';
  return Object.assign(new Error(message), {
    statusCode: 400,
    body: { __type: name, [key]: message, ...more },
  });
};
