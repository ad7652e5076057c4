import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Functions } from '../pipeline/ports.ts';
import { bounded } from './bounded.ts';

/** Invokes the stack's functions asynchronously; `name` is the stack's. */
export const lambdaFunctions = (name: string): Functions => {
  const client = new LambdaClient(bounded);
  return {
    invoke: async (functionName, event) => {
      const Payload = Buffer.from(JSON.stringify(event));
      await client.send(
        new InvokeCommand({ FunctionName: `${name}-${functionName}`, InvocationType: 'Event', Payload }),
      );
    },
  };
};
