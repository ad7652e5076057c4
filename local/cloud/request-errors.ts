import type { IncomingMessage, ServerResponse } from 'node:http';
import { AccessDenied } from './access/access.ts';
import type { Disk } from './disk.ts';
import { internalErrorOf } from './disk-errors.ts';
import { jsonType, reply } from './json-reply.ts';
import { ServiceError } from './protocol.ts';
import { S3Error } from './s3/error.ts';
import { replyS3Error } from './s3/reply.ts';
import { serviceOf } from './service-of.ts';

type Ports = { readonly disk: Disk; readonly log: (line: string) => void };

/** The error that a client gets for what failed its request. What nobody expected, or what this machine cannot do, goes to the log. */
export const errorOf = (cause: unknown, request: IncomingMessage, { disk, log }: Ports): ServiceError => {
  const error = known(cause) ?? full(cause, serviceOf(request), disk) ?? unexpected(cause, log);
  if (error === cause && error.status === 500) log(`A request failed: ${error.message}`);
  return error;
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

const unexpected = (cause: unknown, log: Ports['log']): ServiceError => {
  log(`A request failed: ${cause instanceof Error ? cause.stack : cause}`);
  return new ServiceError('InternalFailure', String(cause), 500);
};

/** The error for a request whose rest does not arrive. */
export const stalled = (service: string): ServiceError =>
  service === 's3'
    ? new S3Error('RequestTimeout')
    : new ServiceError('RequestTimeoutException', 'The rest of the request did not arrive', 408);

/** Sends an error in the form of its service. */
export const replyError = (request: IncomingMessage, response: ServerResponse, error: ServiceError): void => {
  if (response.headersSent) return void response.destroy();
  if (serviceOf(request) === 's3') return void replyS3Error(request, response, error);
  const headers = {
    'content-type': jsonType(request.headers['content-type']),
    'x-amzn-errortype': error.name,
  };
  reply(response, error.status, headers, JSON.stringify({ __type: error.name, message: error.message }));
};
