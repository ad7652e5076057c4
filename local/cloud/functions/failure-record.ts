import type { Outcome } from './instance.ts';

/**
 * What Lambda sends to the failure queue (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
 */
export type FailureRecord = ReturnType<typeof failureRecord>;

/** The record of an asynchronous invocation after its last try. */
export const failureRecord = (
  functionArn: string,
  requestPayload: unknown,
  outcome: Outcome,
  tries: number,
) => ({
  version: '1.0',
  timestamp: new Date().toISOString(),
  requestContext: {
    requestId: outcome.requestId,
    functionArn: `${functionArn}:$LATEST`,
    condition: 'RetriesExhausted',
    approximateInvokeCount: tries,
  },
  requestPayload,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: outcome.ok ? outcome.payload : outcome.error,
});
