import * as z from 'zod';
import type { Clock, Secrets } from '../pipeline/index.ts';
import { type RestSource, withVariables } from '../sources/index.ts';
import { NotASecret, UnreadableSecret } from './errors.ts';
import { type SharedValue, sharedValue } from './shared-value.ts';

/** What authorises a request. */
export type Authorisation = {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
};

/** Its `forget` makes the next `get` fetch token or secret again. */
export type Credentials = SharedValue<Authorisation>;

type Auth = RestSource['auth'];
type OAuth = Auth & { readonly kind: 'oauth2_client_credentials' };

/** A form that is sent to a token endpoint; the answer's body, or undefined if the endpoint does not accept the client. */
export type AskToken = (
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
) => Promise<string | undefined>;

export type CredentialPorts = {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly env: (name: string) => string;
  readonly askToken: AskToken;
};

/** Tokens are renewed so many seconds before they expire; short ones after nine tenths of their life. */
const margin = 30;

const nothing: Authorisation = { headers: {}, query: {} };

/** Opens the credentials of a source. Secrets and tokens stay in memory, and no error shows them. */
export const openCredentials = (auth: Auth, ports: CredentialPorts): Credentials => {
  if (auth.kind === 'none') return sharedValue(async () => nothing);
  const arn = withVariables(auth.secret, ports.env);
  const read = () => readSecret(ports.secrets, arn);
  switch (auth.kind) {
    case 'api_key':
      return sharedValue(async () => {
        const key = keyIn(await read(), arn, auth.secret_key);
        return auth.in === 'query'
          ? { headers: {}, query: { [auth.name]: key } }
          : { headers: { [auth.name]: key }, query: {} };
      });
    case 'bearer':
      return sharedValue(async () => bearer(keyIn(await read(), arn, auth.secret_key)));
    case 'basic':
      return sharedValue(async () => {
        const { username = '', password = '' } = keysIn(await read(), arn, ['username', 'password']);
        return authorised(basic(username, password));
      });
    case 'oauth2_client_credentials':
      return tokens(auth, arn, ports);
  }
};

const readSecret = async (secrets: Secrets, arn: string): Promise<string> => {
  try {
    return await secrets.read(arn);
  } catch (cause) {
    throw cause instanceof NotASecret ? cause : new UnreadableSecret(arn, cause);
  }
};

const authorised = (authorization: string): Authorisation => ({ headers: { authorization }, query: {} });
const bearer = (token: string): Authorisation => authorised(`Bearer ${token}`);
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

type Token = Authorisation & { readonly expires_at: number };

const tokens = (auth: OAuth, arn: string, ports: CredentialPorts): Credentials => {
  const secret = sharedValue(() => readSecret(ports.secrets, arn));
  const url = withVariables(auth.token_url, ports.env);
  const ask = async (text: string): Promise<string | undefined> => {
    const { client_id = '', client_secret = '' } = keysIn(text, arn, ['client_id', 'client_secret']);
    const form = {
      grant_type: 'client_credentials',
      ...(auth.scope === undefined ? {} : { scope: auth.scope }),
      ...auth.parameters,
    };
    return auth.client_auth === 'body'
      ? ports.askToken(url, { ...form, client_id, client_secret }, {})
      : ports.askToken(url, form, { authorization: basic(encoded(client_id), encoded(client_secret)) });
  };
  const now = () => Date.parse(ports.clock.now());
  return sharedValue<Token>(
    async () => {
      const text = await secret.get();
      let answer = await ask(text);
      if (answer === undefined) {
        // The secret may have been rotated.
        secret.forget(text);
        answer = await ask(await secret.get());
      }
      if (answer === undefined) throw new NotASecret(arn, 'is not accepted by the token endpoint');
      return tokenIn(answer, arn, now());
    },
    ({ expires_at }) => now() >= expires_at,
  );
};

/** As a value of a form (RFC 6749 §2.3.1). */
const encoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
});

const tokenIn = (text: string, arn: string, now: number): Token => {
  const parsed = TokenAnswer.safeParse(jsonIn(text));
  if (!parsed.success)
    throw new NotASecret(arn, 'got an answer without access_token from the token endpoint');
  const { access_token, expires_in } = parsed.data;
  const life = expires_in === undefined ? undefined : Math.max(expires_in - margin, expires_in * 0.9);
  return {
    ...bearer(access_token),
    expires_at: life === undefined ? Number.POSITIVE_INFINITY : now + life * 1000,
  };
};

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A value of a secret that is a JSON object, or a whole secret that is a plain text. */
const keyIn = (text: string, arn: string, key: string): string =>
  text.trimStart().startsWith('{') ? (keysIn(text, arn, [key])[key] ?? '') : text.trim();

const keysIn = (text: string, arn: string, keys: readonly string[]): Readonly<Record<string, string>> => {
  const value = z.record(z.string(), z.unknown()).safeParse(jsonIn(text));
  if (!value.success) throw new NotASecret(arn, 'is no JSON object');
  return Object.fromEntries(
    keys.map((key) => {
      const found = value.data[key];
      if (typeof found !== 'string' || found === '') throw new NotASecret(arn, `has no text under ${key}`);
      return [key, found];
    }),
  );
};
