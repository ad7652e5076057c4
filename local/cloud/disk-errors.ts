import type { StateNotWritable } from '../state/index.ts';
import { ServiceError } from './protocol.ts';

/**
 * What each service answers if it cannot do its work for a reason of its own, by the name in a signature's scope. AWS's clients
 * try such a request again.
 */
const internalErrors: Readonly<Record<string, readonly [name: string, status: number]>> = {
  dynamodb: ['InternalServerError', 500],
  events: ['InternalException', 500],
  firehose: ['ServiceUnavailableException', 503],
  glue: ['InternalServiceException', 500],
  lambda: ['ServiceException', 500],
  'redshift-data': ['InternalServerException', 500],
  s3: ['InternalError', 500],
  secretsmanager: ['InternalServiceError', 500],
  sqs: ['InternalFailure', 500],
};

/** The answer of a service to a request for which the state cannot be written. */
export const internalErrorOf = (service: string, { message }: StateNotWritable): ServiceError => {
  const [name, status] = internalErrors[service] ?? ['InternalFailure', 500];
  return new ServiceError(name, message, status);
};
