import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What a client must show; the secrets are in memory only. */
export type Auth =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'api_key'; readonly header: string; readonly key: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | {
      readonly kind: 'oauth2_client_credentials';
      readonly client_id: string;
      readonly client_secret: string;
      /** Seconds for which a token is valid; default: 3,600. */
      readonly token_seconds?: number;
    };

/** An answer of the token endpoint (RFC 6749). */
export type TokenAnswer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

export type Gate = {
  /** Undefined if the request may pass, else the value of `WWW-Authenticate`. */
  reject(headers: IncomingHttpHeaders): string | undefined;
  /** Answers `POST /oauth/token`. */
  grant(headers: IncomingHttpHeaders, body: string): TokenAnswer;
  /** Ends the validity of all tokens. */
  expire(): void;
};

/** Checks requests and grants tokens; `now` is the clock in milliseconds. */
export const openGate = (auth: Auth, now: () => number = Date.now): Gate => {
  const tokens = new Map<string, number>();
  return {
    reject(headers) {
      if (auth.kind === 'none') return undefined;
      if (auth.kind === 'api_key')
        return isSame(headers[auth.header.toLowerCase()], auth.key) ? undefined : 'ApiKey';
      if (auth.kind === 'basic')
        return isSame(headers.authorization, basic(auth.user, auth.password)) ? undefined : 'Basic';
      if (auth.kind === 'bearer')
        return isSame(headers.authorization, `Bearer ${auth.token}`) ? undefined : 'Bearer';
      const [, token = ''] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
      return (tokens.get(token) ?? 0) > now() ? undefined : 'Bearer error="invalid_token"';
    },
    grant(headers, body) {
      if (auth.kind !== 'oauth2_client_credentials') return { status: 404, body: { error: 'not_found' } };
      const form = new URLSearchParams(body);
      if (form.get('grant_type') !== 'client_credentials')
        return { status: 400, body: { error: 'unsupported_grant_type' } };
      const shown = clientIn(headers.authorization, form);
      if (!isSame(JSON.stringify(shown), JSON.stringify([auth.client_id, auth.client_secret])))
        return { status: 401, body: { error: 'invalid_client' } };
      const access_token = randomBytes(24).toString('base64url');
      const expires_in = auth.token_seconds ?? 3_600;
      tokens.set(access_token, now() + expires_in * 1_000);
      return { status: 200, body: { access_token, token_type: 'Bearer', expires_in } };
    },
    expire: () => tokens.clear(),
  };
};

/** Id and secret of a client: each encoded as a form in the header (RFC 6749 §2.3.1), or in the form itself. */
const clientIn = (authorization: string | undefined, form: URLSearchParams): readonly string[] => {
  if (authorization === undefined) return [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  const [, shown = ''] = /^Basic (\S+)$/i.exec(authorization) ?? [];
  const [, id = '', secret = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(shown, 'base64').toString()) ?? [];
  return [decoded(id), decoded(secret)];
};

/** One value of a form. */
const decoded = (text: string): string =>
  new URLSearchParams(`value=${text.replaceAll('&', '%26')}`).get('value') ?? '';

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const isSame = (given: string | string[] | undefined, expected: string): boolean =>
  timingSafeEqual(digest(String(given ?? '')), digest(expected));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
