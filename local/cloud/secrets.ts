import { randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { entryNamed, type JsonService, ServiceError } from './protocol.ts';

export type SecretsOptions = {
  /** Secrets by ARN. */
  readonly given: Readonly<Record<string, string>>;
  readonly account: string;
  readonly region: string;
};

type Secret = {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  /** The newest last; Secrets Manager calls it AWSCURRENT and the one before AWSPREVIOUS. */
  versions: readonly Version[];
};
type Version = { readonly id: string; readonly text: string; readonly createdAt: number };

const Text = z.string().min(1).max(65_536);
const inputs = {
  GetSecretValue: z.object({
    SecretId: z.string().min(1),
    VersionId: z.string().optional(),
    VersionStage: z.string().optional(),
  }),
  CreateSecret: z.object({ Name: z.string().min(1).max(512), SecretString: Text }),
  PutSecretValue: z.object({ SecretId: z.string().min(1), SecretString: Text }),
};

/**
 * Opens Secrets Manager on this machine, as far as texts are read, added and changed. Secrets are in memory only: those that are
 * added end with the cloud.
 */
export const openSecrets = ({ given, account, region }: SecretsOptions): JsonService => {
  const secrets = new Map<string, Secret>();
  const add = (arn: string, text: string): Secret => {
    const createdAt = Date.now();
    const secret = { arn, name: nameOf(arn), createdAt, versions: [newVersion(text)] };
    secrets.set(arn, secret);
    return secret;
  };
  const find = (id: string): Secret => {
    const found = secrets.get(id) ?? [...secrets.values()].find((secret) => isNamed(secret, id));
    if (found) return found;
    throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };
  for (const [arn, text] of Object.entries(given)) add(arn, text);

  const operations: Readonly<Record<string, (input: unknown) => Record<string, unknown>>> = {
    GetSecretValue: (input) => {
      const { SecretId, ...wanted } = read(inputs.GetSecretValue, input);
      const secret = find(SecretId);
      const version = versionOf(secret, wanted);
      return {
        ...described(secret, version),
        SecretString: version.text,
        CreatedDate: version.createdAt / 1_000,
      };
    },
    CreateSecret: (input) => {
      const { Name, SecretString } = read(inputs.CreateSecret, input);
      if ([...secrets.values()].some(({ name }) => name === Name))
        throw new ServiceError(
          'ResourceExistsException',
          `The operation failed because the secret ${Name} already exists.`,
        );
      const secret = add(arnOf(Name, account, region), SecretString);
      return { ARN: secret.arn, Name: secret.name, VersionId: secret.versions.at(-1)?.id };
    },
    PutSecretValue: (input) => {
      const { SecretId, SecretString } = read(inputs.PutSecretValue, input);
      const secret = find(SecretId);
      const version = newVersion(SecretString);
      secret.versions = [...secret.versions.slice(-1), version];
      return described(secret, version);
    },
  };
  return {
    async handle(operation, input) {
      const answer = entryNamed(operations, operation);
      if (!answer)
        throw new ServiceError(
          'UnknownOperationException',
          `Secrets Manager on this machine has no ${operation}`,
        );
      return answer(input);
    },
    async close() {
      secrets.clear();
    },
  };
};

const read = <Input>(schema: z.ZodType<Input>, input: unknown): Input => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  // The values are secrets: the message names the places only.
  const places = parsed.error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`);
  throw new ServiceError('InvalidParameterException', places.join('; '));
};

const newVersion = (text: string): Version => ({ id: randomUUID(), text, createdAt: Date.now() });

/** AWS ends each ARN with a hyphen and six characters of its own. */
const arnOf = (name: string, account: string, region: string): string =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${randomBytes(3).toString('hex')}`;

const nameOf = (arn: string): string => withoutSuffix(arn.split(':').slice(6).join(':'));
const withoutSuffix = (text: string): string => text.replace(/-[A-Za-z0-9]{6}$/, '');

/** A name, or an ARN without its suffix, finds a secret, too. */
const isNamed = ({ arn, name }: Secret, id: string): boolean => id === name || id === withoutSuffix(arn);

type Wanted = { readonly VersionId?: string | undefined; readonly VersionStage?: string | undefined };

const versionOf = (secret: Secret, { VersionId, VersionStage }: Wanted): Version => {
  const stage = VersionStage ?? (VersionId === undefined ? 'AWSCURRENT' : undefined);
  const found = secret.versions.find(
    (version) =>
      (VersionId === undefined || version.id === VersionId) &&
      (stage === undefined || stageOf(secret, version) === stage),
  );
  if (found) return found;
  const wanted = VersionId === undefined ? `staging label: ${VersionStage}` : `VersionId: ${VersionId}`;
  throw new ServiceError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${wanted}`,
  );
};

const stageOf = ({ versions }: Secret, version: Version): string =>
  version === versions.at(-1) ? 'AWSCURRENT' : 'AWSPREVIOUS';

const described = (secret: Secret, version: Version) => ({
  ARN: secret.arn,
  Name: secret.name,
  VersionId: version.id,
  VersionStages: [stageOf(secret, version)],
});
