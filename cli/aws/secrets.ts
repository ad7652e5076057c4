import { paginateListSecrets, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Names of the secrets of a stack that have no value yet. */
export const emptySecrets = async (stack: string): Promise<string[]> => {
  const client = new SecretsManagerClient({});
  try {
    const asked = { Filters: [{ Key: 'name' as const, Values: [`${stack}/`] }] };
    const found: string[] = [];
    for await (const { SecretList = [] } of paginateListSecrets({ client }, asked))
      for (const { Name = '', SecretVersionsToStages = {} } of SecretList)
        if (Object.keys(SecretVersionsToStages).length === 0) found.push(Name);
    return found;
  } finally {
    client.destroy();
  }
};
