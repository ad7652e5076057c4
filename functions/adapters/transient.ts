/** Failures of a service or of the network, by the fields of errors from AWS's clients and Node. */
const codes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
]);
const names =
  /Throttl|ThroughputExceeded|TooManyRequests|RequestLimit|SlowDown|Timeout|Unavailable|Unfinished/;

type Facts = {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly $fault?: unknown;
  readonly $retryable?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
};

/** True if the same call may succeed later: throttling, timeouts, the network, a service's own failures. */
export const isTransient = (error: unknown): boolean => {
  if (typeof error !== 'object' || error === null) return false;
  const { name, code, cause, $fault, $retryable, $metadata }: Facts = error;
  if ($retryable !== undefined || $fault === 'server' || ($metadata?.httpStatusCode ?? 0) >= 500) return true;
  return names.test(String(name)) || codes.has(String(code)) || isTransient(cause);
};
