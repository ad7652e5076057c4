import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, openGateway, type Services } from '../../../local/cloud/gateway.ts';
import { openSecrets } from '../../../local/cloud/secrets.ts';

const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop/api-a1B2c3';
const logged: string[] = [];
let gateway: Gateway;
let client: SecretsManagerClient;

beforeAll(async () => {
  const given = { [arn]: '{"client_id":"shop","client_secret":"hush"}' };
  const secretsmanager = openSecrets({ given, account: '000000000000', region: 'eu-west-1' });
  const s3 = { isBucket: () => false } as unknown as Services['s3'];
  gateway = await openGateway({
    services: Promise.resolve({ s3, json: { secretsmanager } } as unknown as Services),
    log: (line) => logged.push(line),
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new SecretsManagerClient({ endpoint: gateway.endpoint, region: 'eu-west-1', credentials });
});
afterAll(async () => {
  client.destroy();
  await gateway.close();
});

const get = (SecretId: string, more = {}) => client.send(new GetSecretValueCommand({ SecretId, ...more }));

test('a secret is read by its ARN, by that without the suffix, and by its name', async () => {
  const whole = await get(arn);
  expect(whole).toMatchObject({
    ARN: arn,
    Name: 'shop/api',
    SecretString: '{"client_id":"shop","client_secret":"hush"}',
    VersionStages: ['AWSCURRENT'],
  });
  expect(whole.VersionId).toMatch(/^[0-9a-f-]{36}$/);
  expect(Math.abs(Date.now() - Number(whole.CreatedDate))).toBeLessThan(60_000);
  for (const id of [arn.slice(0, -7), 'shop/api'])
    expect((await get(id)).SecretString).toBe(whole.SecretString);
});

test('an unknown ARN is answered as AWS does', async () => {
  const error = await get(arn.replace('a1B2c3', 'zzzzzz')).catch((caught) => caught);
  expect(error).toBeInstanceOf(ResourceNotFoundException);
  expect(error.message).toBe("Secrets Manager can't find the specified secret.");
  expect(error.$metadata.httpStatusCode).toBe(400);
});

test('a version that does not exist is answered as AWS does', async () => {
  await expect(get(arn, { VersionStage: 'AWSPREVIOUS' })).rejects.toThrow(
    "can't find the specified secret value for staging label: AWSPREVIOUS",
  );
  await expect(get(arn, { VersionId: '00000000-0000-0000-0000-000000000000' })).rejects.toThrow(
    ResourceNotFoundException,
  );
});

test('a secret that is added can be changed, and its last version is kept', async () => {
  const { ARN = '' } = await client.send(new CreateSecretCommand({ Name: 'mine', SecretString: 'one' }));
  expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-west-1:000000000000:secret:mine-\w{6}$/);
  const first = await get(ARN);
  await client.send(new PutSecretValueCommand({ SecretId: ARN, SecretString: 'two' }));
  expect((await get(ARN)).SecretString).toBe('two');
  expect((await get(ARN, { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('one');
  const { VersionId } = first;
  expect(await get('mine', { VersionId })).toMatchObject({
    SecretString: 'one',
    VersionStages: ['AWSPREVIOUS'],
  });
  await expect(client.send(new CreateSecretCommand({ Name: 'mine', SecretString: 'three' }))).rejects.toThrow(
    ResourceExistsException,
  );
});

test('an unsigned request finds the service by its target; a wrong one is answered without its values', async () => {
  const call = async (operation: string, body: object) => {
    const response = await fetch(gateway.endpoint, {
      method: 'POST',
      headers: {
        'x-amz-target': `secretsmanager.${operation}`,
        'content-type': 'application/x-amz-json-1.1',
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  };
  expect((await call('GetSecretValue', { SecretId: arn })).text).toContain('hush');
  const wrong = await call('PutSecretValue', { SecretId: arn, SecretString: ['hush-hush'] });
  expect(wrong).toMatchObject({ status: 400, text: expect.stringContaining('InvalidParameterException') });
  expect(wrong.text).not.toContain('hush-hush');
  expect((await call('DeleteSecret', {})).text).toContain('UnknownOperationException');
  expect(logged).toEqual([]);
});
