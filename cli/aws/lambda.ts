import {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandOutput,
  LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';

/**
 * A deployed function; `missing` if there is none of that name. One that has rested for weeks in a network is `ready`: the next
 * invocation wakes it.
 */
export type FunctionState = {
  readonly state: 'missing' | 'ready' | 'updating' | 'failed';
  /** The hash of the sources that it was deployed from. */
  readonly version?: string;
};

const withClient = async <Answer>(ask: (client: LambdaClient) => Promise<Answer>): Promise<Answer> => {
  const client = new LambdaClient({});
  try {
    return await ask(client);
  } finally {
    client.destroy();
  }
};

/** Whether a function exists, whether its last update has ended well, and from which sources it was deployed. */
export const functionState = (name: string): Promise<FunctionState> =>
  withClient(async (client) => {
    try {
      const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      const version = found.Environment?.Variables?.VERSION;
      return { state: stateOf(found), ...(version !== undefined && { version }) };
    } catch (cause) {
      if (cause instanceof ResourceNotFoundException) return { state: 'missing' };
      throw cause;
    }
  });

const stateOf = ({ State, LastUpdateStatus }: GetFunctionConfigurationCommandOutput) => {
  if (State === 'Failed' || LastUpdateStatus === 'Failed') return 'failed';
  return State === 'Pending' || LastUpdateStatus === 'InProgress' ? 'updating' : 'ready';
};

/** How many functions of the account may run at once, without what others have reserved. */
export const concurrency = (): Promise<number> =>
  withClient(async (client) => {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    return AccountLimit?.UnreservedConcurrentExecutions ?? AccountLimit?.ConcurrentExecutions ?? 0;
  });
