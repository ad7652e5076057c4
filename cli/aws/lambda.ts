import {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';

/** A deployed function; `missing` if there is none of that name. */
export type FunctionState = 'missing' | 'ready' | 'failed';

const withClient = async <Answer>(ask: (client: LambdaClient) => Promise<Answer>): Promise<Answer> => {
  const client = new LambdaClient({});
  try {
    return await ask(client);
  } finally {
    client.destroy();
  }
};

/** Whether a function exists, and its last update has not failed. */
export const functionState = (name: string): Promise<FunctionState> =>
  withClient(async (client) => {
    try {
      const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      return found.State === 'Failed' || found.LastUpdateStatus === 'Failed' ? 'failed' : 'ready';
    } catch (cause) {
      if (cause instanceof ResourceNotFoundException) return 'missing';
      throw cause;
    }
  });

/** How many functions of the account may run at once, without what others have reserved. */
export const concurrency = (): Promise<number> =>
  withClient(async (client) => {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    return AccountLimit?.UnreservedConcurrentExecutions ?? AccountLimit?.ConcurrentExecutions ?? 0;
  });
