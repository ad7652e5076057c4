import type { Outcome } from './instance.ts';

/**
 * The record of an asynchronous invocation after its last try, as Lambda sends it to the failure queue
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
 */
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
