import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';

/** The environment of a deployed function; undefined if there is no such function. Throws if the service does not answer. */
export const lambdaEnvironment = async (
  functionName: string,
): Promise<Readonly<Record<string, string>> | undefined> => {
  const client = new LambdaClient({});
  try {
    const asked = await client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    return asked.Environment?.Variables ?? {};
  } catch (cause) {
    if (cause instanceof ResourceNotFoundException) return undefined;
    throw cause;
  } finally {
    client.destroy();
  }
};
