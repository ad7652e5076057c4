import pg from 'pg';
import { SourceFailed } from '../sources/index.ts';

/** Where a source is, without its password. */
export type Place = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly login: 'secret' | 'rds_iam';
};

/** A failure of a pull as `SourceFailed`: what the server or the network said, and what to do next. */
export const failureOf = (error: unknown, place: Place, rows: number): SourceFailed => {
  const { host, port, database } = place;
  const { text, cause } = saidBy(error);
  const step = nextStep(error, place);
  const reason = `PostgreSQL: ${text}${step ? `; ${step}` : ''}`;
  return new SourceFailed(reason, { host, port, database, rows }, { cause });
};

/** Classes of errors whose texts quote values of rows: data, constraints, errors that functions raise. */
const quoting = ['22', '23', 'P0'];

type Said = { readonly text: string; readonly cause: unknown };

const saidBy = (error: unknown): Said => {
  if (!(error instanceof Error)) return { text: String(error), cause: error };
  const code = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
  // Where a name has several addresses, the error has one error for each and no message.
  if (!quoting.some((start) => code.startsWith(start)))
    return { text: error.message || codeOf(error), cause: error };
  const text = `an error in the data, SQLSTATE ${code}`;
  return { text, cause: new Error(text) };
};

const nextStep = (error: unknown, place: Place): string | undefined => {
  const code = codeOf(error);
  const step = steps[code] ?? steps[code.slice(0, 2)];
  if (step) return step(place);
  if (!(error instanceof Error)) return undefined;
  return byText.find(([text]) => text.test(error.message))?.[1];
};

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

const login = ({ user, login }: Place): string =>
  login === 'secret'
    ? `check that the secret has the password of the user ${user}, and pg_hba.conf`
    : `check that the user ${user} has the role rds_iam, and the function's role rds-db:connect`;
const again = (): string => 'pull again later';
const certificate = (): string => "set ca to the certificate of the authority that signed the server's";
const unreachable = (): string => 'check host and port, and whether the network lets this function through';

/** By SQLSTATE, by its class, or by the code of an error of Node. */
const steps: Readonly<Record<string, (place: Place) => string>> = {
  '28': login,
  '3D000': () => 'check database in source.json',
  '3F000': () => 'check schema in source.json',
  '42P01': () => 'check schema and table in source.json; in a query each name needs its schema',
  '42703': () => 'check columns, order_by and window_column in source.json',
  '42883': () => 'check the query, and that window_column is a date or a timestamp',
  '42601': () => 'check query in source.json: it is one select',
  '42501': ({ user }) =>
    `let ${user} read it: grant usage on the schema and select on the table; row security must not hide rows from ${user}`,
  '22': () => 'run the query by hand to see the row',
  '25006': () => 'a source may only read',
  '25P03': () => 'raise timeouts.idle_ms',
  '40': again,
  '53': again,
  '57014': () => 'raise timeouts.statement_ms, add an index for order_by, or lower page_rows',
  '57': again,
  ECONNREFUSED: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  EHOSTUNREACH: unreachable,
  ETIMEDOUT: unreachable,
  ECONNRESET: again,
  EPIPE: again,
  ENOENT: () => 'check the path in ca',
  ERR_TLS_CERT_ALTNAME_INVALID: () => "set host to a name that is in the server's certificate",
  CERT_HAS_EXPIRED: () => "renew the server's certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: certificate,
  SELF_SIGNED_CERT_IN_CHAIN: certificate,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificate,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificate,
};

/** Errors of the driver without a code. */
const byText: readonly (readonly [text: RegExp, step: string])[] = [
  [/does not support SSL/, "turn TLS on in the server; only a laptop's database may have tls off"],
  [/timeout expired/, 'check host and port, and whether the network lets this function through'],
  [/terminated|sent nothing/, 'pull again later'],
];
