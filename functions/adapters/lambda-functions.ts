import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type Functions, functionName } from '../pipeline/index.ts';
import { bounded } from './bounded.ts';

/** Invokes the stack's functions asynchronously; `stack` is its name. */
export const lambdaFunctions = (stack: string): Functions => {
  const client = new LambdaClient(bounded);
  return {
    invoke: async (name, command) => {
      const Payload = Buffer.from(JSON.stringify(command));
      await client.send(
        new InvokeCommand({ FunctionName: functionName(stack, name), InvocationType: 'Event', Payload }),
      );
    },
  };
};
