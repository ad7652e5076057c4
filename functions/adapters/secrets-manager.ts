import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Secrets } from '../pipeline/index.ts';
import { bounded } from './bounded.ts';
import { NotASecret } from './errors.ts';

/** Secrets of AWS Secrets Manager, as texts. */
export const secretsManager = (): Secrets => {
  const client = new SecretsManagerClient(bounded);
  return {
    read: async (arn) => {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
      if (SecretString === undefined) throw new NotASecret(arn, 'has no text');
      return SecretString;
    },
  };
};
