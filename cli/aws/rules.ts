import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';

/** Names of the rules of a stack that are turned off. */
export const disabledRules = async (stack: string): Promise<string[]> => {
  const client = new EventBridgeClient({});
  try {
    const found: string[] = [];
    let NextToken: string | undefined;
    do {
      const asked = { NamePrefix: `${stack}-`, ...(NextToken !== undefined && { NextToken }) };
      const page = await client.send(new ListRulesCommand(asked));
      for (const { Name = '', State } of page.Rules ?? []) if (State === 'DISABLED') found.push(Name);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return found;
  } finally {
    client.destroy();
  }
};
