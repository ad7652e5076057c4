import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** The status of a stack in the words of CloudFormation; undefined if there is none of that name. */
export const stackStatus = async (stack: string): Promise<string | undefined> => {
  const client = new CloudFormationClient({});
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    return Stacks[0]?.StackStatus;
  } catch (cause) {
    if (cause instanceof Error && /does not exist/.test(cause.message)) return undefined;
    throw cause;
  } finally {
    client.destroy();
  }
};
