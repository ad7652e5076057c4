import { Signer } from '@aws-sdk/rds-signer';
import * as z from 'zod';
import type { Secrets } from '../pipeline/index.ts';
import { SourceFailed } from '../sources/index.ts';
import type { PostgresSettings } from './postgres-settings.ts';

/** Who logs in, and with which password. */
export type Login = { readonly user: string; readonly password: string };

/**
 * The login of a source, from its secret or by IAM. A secret is the password alone, or a JSON object with `username` and
 * `password`, as RDS keeps it. Throws `SourceFailed`.
 */
export const loginOf = async (source: PostgresSettings, secrets: Secrets): Promise<Login> => {
  const { auth, tls } = source;
  if (auth.kind === 'secret') {
    const { username, password } = partsOf(await readSecret(secrets, auth.secret));
    return { user: userOf(source.user ?? username), password };
  }
  if (tls === 'off') throw new SourceFailed('a login by IAM needs TLS; set tls to verify', {});
  const user = userOf(source.user);
  return { user, password: await rdsToken({ ...source, user }, auth.region) };
};

/**
 * A password for a database user of RDS with the role `rds_iam`, valid for 15 minutes. It is signed here with the function's
 * credentials; RDS is not asked.
 */
export const rdsToken = (
  { host, port, user }: { readonly host: string; readonly port: number; readonly user: string },
  region: string | undefined,
): Promise<string> =>
  new Signer({
    hostname: host,
    port,
    username: user,
    ...(region === undefined ? {} : { region }),
  }).getAuthToken();

const readSecret = async (secrets: Secrets, arn: string): Promise<string> => {
  try {
    return await secrets.read(arn);
  } catch (cause) {
    const facts = { secret: arn };
    throw new SourceFailed(
      "the secret cannot be read; check it, the function's role and, on AWS, the endpoint of the network",
      facts,
      {
        cause,
      },
    );
  }
};

const Parts = z.object({ username: z.string().optional(), password: z.string() });

const partsOf = (secret: string): z.infer<typeof Parts> => {
  const value = parsed(secret);
  if (typeof value !== 'object' || value === null) return { password: secret };
  const parts = Parts.safeParse(value);
  if (parts.success) return parts.data;
  throw new SourceFailed('the secret is a JSON object without a password; add the key password', {});
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const userOf = (user: string | undefined): string => {
  if (user) return user;
  throw new SourceFailed('the source has no user; set user in source.json, or username in its secret', {});
};
