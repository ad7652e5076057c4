import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { secretsManager } from '../../../functions/adapters/secrets-manager.ts';
import { ServiceError } from '../../../local/cloud/protocol.ts';
import { type Laptop, openLaptop } from './laptop.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:1:secret:shop-AbCdEf';
const held: Readonly<Record<string, object>> = {
  [arn]: { SecretString: '{"token":"ü"}' },
  [`${arn}2`]: { SecretBinary: 'AAEC' },
};

let laptop: Laptop;
beforeAll(async () => {
  const secretsmanager = {
    handle: async (operation: string, { SecretId }: Record<string, unknown>) => {
      const found = operation === 'GetSecretValue' ? held[String(SecretId)] : undefined;
      if (!found) throw new ServiceError('ResourceNotFoundException', 'there is no such secret');
      return { ARN: SecretId, ...found };
    },
    close: async () => {},
  };
  laptop = await openLaptop({ json: { secretsmanager } });
});
beforeEach(() => laptop.rest());
afterAll(() => laptop.close());

test('reads a secret by its ARN, again each time', async () => {
  const secrets = secretsManager();
  expect(await secrets.read(arn)).toBe('{"token":"ü"}');
  expect(await secrets.read(arn)).toBe('{"token":"ü"}');
  expect(laptop.seen.map(({ operation }) => operation)).toEqual(['GetSecretValue', 'GetSecretValue']);
});

test('tries again where the service fails', async () => {
  laptop.once('GetSecretValue', () => ({ status: 500, body: { __type: 'InternalServiceError' } }));
  expect(await secretsManager().read(arn)).toBe('{"token":"ü"}');
  expect(laptop.seen).toHaveLength(2);
});

test('throws for a secret that is not there, and for one of bytes', async () => {
  await expect(secretsManager().read(`${arn}3`)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(secretsManager().read(`${arn}2`)).rejects.toMatchObject({
    name: 'NotASecret',
    arn: `${arn}2`,
  });
});
