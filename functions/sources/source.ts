import * as z from 'zod';
import { pathText } from './paths.ts';

/** A source as data owners write it, `rules/<dataset>/source.json`; `rules/source.schema.json` is made from this. */

const aVariable = `\${NAME}`;
const variables = `${aVariable} is replaced from the environment of the function.`;
const text = z.string().min(1).max(2000);
const name = z.string().min(1).max(200);
const path = z
  .string()
  .max(500)
  .regex(pathText, { error: "is not a path such as $, $.data.items or $['@odata.nextLink']" });
const seconds = (least: number, most: number, usual: number) =>
  z.number().min(least).max(most).default(usual);

const url = z
  .string()
  .max(2000)
  .regex(/^(https?:\/\/|\$\{[A-Z][A-Z0-9_]*\})\S*$/, {
    error: `does not begin with https://, http:// or ${aVariable}`,
  });

const secret = z
  .string()
  .max(2000)
  .regex(/^(arn:[\w-]+:secretsmanager:\S+|\$\{[A-Z][A-Z0-9_]*\})$/, {
    error: `is neither the ARN of a secret nor ${aVariable}; never write a secret itself into this file`,
  })
  .describe(`ARN of a secret in Secrets Manager. ${variables}`);

const secretKey = (usual: string) =>
  name
    .default(usual)
    .describe('The key of the value, where the secret is a JSON object. Else the whole secret is the value.');

/** Words for a `kind` that does not exist. */
const kinds = (...names: string[]) => ({
  error: ({ code }: { code?: string | undefined }) =>
    code === 'invalid_union' ? `is none of ${names.join(', ')}` : undefined,
});

const Auth = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('none') }).describe('The API is open.'),
      z
        .strictObject({
          kind: z.literal('api_key'),
          secret,
          secret_key: secretKey('api_key'),
          in: z.enum(['header', 'query']).default('header'),
          name: name.default('X-API-Key').describe('Name of the header or of the query parameter.'),
        })
        .describe('One key in each request.'),
      z
        .strictObject({ kind: z.literal('basic'), secret })
        .describe('User and password: the secret is a JSON object with username and password.'),
      z
        .strictObject({ kind: z.literal('bearer'), secret, secret_key: secretKey('token') })
        .describe('A token that does not change.'),
      z
        .strictObject({
          kind: z.literal('oauth2_client_credentials'),
          token_url: url.describe(`Where tokens are fetched. ${variables}`),
          secret,
          scope: text.optional(),
          parameters: z
            .record(name, text)
            .default({})
            .describe('Further parameters of the token request, such as audience.'),
          client_auth: z
            .enum(['basic', 'body'])
            .default('basic')
            .describe('How client id and client secret are sent: in a header or in the body.'),
        })
        .describe('Tokens that expire: the secret is a JSON object with client_id and client_secret.'),
    ],
    kinds('none', 'api_key', 'basic', 'bearer', 'oauth2_client_credentials'),
  )
  .describe('How requests are authorised. A 401 fetches token and secret again, once.');

const total = {
  more: path.optional().describe('Path of true or false in the body: whether another page follows.'),
  total: path.optional().describe('Path of the number of all records in the body.'),
};

const Paging = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('none') }).describe('One answer has everything.'),
      z
        .strictObject({
          kind: z.literal('page'),
          parameter: name.default('page'),
          first: z.int().min(0).default(1).describe('Number of the first page.'),
          size_parameter: name.optional(),
          size: z.int().min(1).max(1_000_000).optional().describe('Records of a page, as it is asked for.'),
          ...total,
          pages: path.optional().describe('Path of the number of all pages in the body.'),
        })
        .describe('Pages have numbers. Without more, total or pages it ends at an empty page.'),
      z
        .strictObject({
          kind: z.literal('offset'),
          parameter: name.default('offset'),
          size_parameter: name.default('limit'),
          size: z
            .int()
            .min(1)
            .max(1_000_000)
            .default(1000)
            .describe('Records of a page, as it is asked for.'),
          step: z
            .enum(['received', 'size'])
            .default('received')
            .describe(
              'What the offset grows by. received: the records of the page, because a server may send fewer than asked for. size: the size, for a server that leaves out records of a page.',
            ),
          ...total,
        })
        .describe('Pages begin at an offset. Without more or total it ends at an empty page.'),
      z
        .strictObject({
          kind: z.literal('cursor'),
          parameter: name.default('cursor'),
          next: path.describe(
            'Path of the next cursor in the body. It ends where that is missing, null or empty.',
          ),
          more: total.more,
          size_parameter: name.optional(),
          size: z.int().min(1).max(1_000_000).optional(),
        })
        .describe('Each page names the cursor of the next one.'),
      z
        .strictObject({
          kind: z.literal('link_header'),
          rel: name.default('next').describe('It ends where the header Link has no URL with this rel.'),
        })
        .describe('The header Link has the URL of the next page.'),
      z
        .strictObject({
          kind: z.literal('next_url'),
          next: path.describe(
            'Path of the next URL in the body. It ends where that is missing, null or empty.',
          ),
          more: total.more,
        })
        .describe('The body has the URL of the next page.'),
    ],
    kinds('none', 'page', 'offset', 'cursor', 'link_header', 'next_url'),
  )
  .describe('How the pages of a window follow one another. A page that comes again fails the pull.');

const recordBytes = z
  .int()
  .min(1)
  .max(16 * 2 ** 20)
  .default(2 ** 20)
  .describe('Most bytes of one record. A larger one fails the pull.');

const Limits = z
  .strictObject({
    connect_seconds: seconds(0.001, 300, 10),
    headers_seconds: seconds(0.001, 840, 60).describe('From the request to the headers of the answer.'),
    idle_seconds: seconds(0.001, 840, 60).describe('Between two parts of the body.'),
    request_seconds: seconds(0.001, 840, 840).describe('One whole request with its body.'),
    retries: z.int().min(0).max(20).default(5).describe('Further tries of one request.'),
    retry_after_seconds: seconds(0, 840, 120).describe('The longest wait that Retry-After can ask for.'),
    max_record_bytes: recordBytes,
    max_pages: z.int().min(1).max(1_000_000).default(100_000).describe('More pages fail the pull.'),
  })
  .prefault({});

/** The keys that sources of every kind have. */
const common = {
  $schema: z.string().optional(),
  version: z.string().min(1).max(100),
  purpose: z.string().optional().describe('For people.'),
  schedule: z
    .literal('monthly')
    .default('monthly')
    .describe('On the first day of a month, the month before it is pulled.'),
  observed_at: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, { error: 'is not the name of a field' })
    .optional()
    .describe(
      'Name of the first field of each landed record: the moment of the pull. Without it none is added.',
    ),
  overlap_days: z
    .int()
    .min(0)
    .max(31)
    .default(1)
    .describe('A window is asked for with so many more days at both ends. Keys remove what comes twice.'),
  late_days: z
    .int()
    .min(0)
    .max(366)
    .default(0)
    .describe(
      'How many days late a record may become visible. The next pulls get a month again until one of them was so long after its end.',
    ),
  snapshot: z
    .boolean()
    .default(false)
    .describe('Each pull is the full content, whatever the window. A record that is absent is gone.'),
};

/** An HTTP API that answers GET requests with JSON. */
export const RestSource = z
  .strictObject({
    kind: z.literal('rest'),
    ...common,
    url: url.describe(`Without the query. ${variables} {from}, {to} and {after} are replaced as in query.`),
    query: z
      .record(name, z.string().max(2000))
      .default({})
      .describe(
        'Query parameters. {from} and {to} are the first and the last day of the window (2024-01-31), {after} is the day after the last one.',
      ),
    headers: z
      .record(
        z.string().regex(/^[A-Za-z0-9-]{1,100}$/, { error: 'is not the name of a header' }),
        z
          .string()
          .max(2000)
          .regex(/^[\t -~]*$/, { error: 'has other characters than a header may have' }),
      )
      .default({})
      .describe('Headers of each request; no secrets, which auth sends.'),
    paging: Paging.prefault({ kind: 'none' }),
    records: path.describe('Path of the array of records in the body: $ if the body is the array.'),
    error: path
      .optional()
      .describe('Path of an error in an answer with status 200. The pull fails where something is there.'),
    auth: Auth.prefault({ kind: 'none' }),
    limits: Limits,
  })
  .describe('An HTTP API that answers GET requests with JSON.');
export type RestSource = z.infer<typeof RestSource>;

const identifier = z
  .string()
  .min(1)
  .max(63)
  .regex(/^\P{Cc}*$/u, { error: 'has control characters' });

/** One table or query of a PostgreSQL database. */
export const PostgresSource = z
  .strictObject({
    kind: z.literal('postgres'),
    ...common,
    host: text.describe(variables),
    port: z
      .union([
        z.int().min(1).max(65_535),
        z.string().regex(/^(\$\{[A-Z][A-Z0-9_]*\}|[1-9][0-9]{0,4})$/, {
          error: `is neither a port nor ${aVariable}`,
        }),
      ])
      .default(5432)
      .describe(variables),
    database: text.describe(variables),
    user: text.optional().describe(`${variables} Without it, the secret has the user as username.`),
    query: z
      .string()
      .min(1)
      .max(100_000)
      .optional()
      .describe(
        'One select, instead of a table. {from}, {to} and {after} are values: the first day of the window, the last one and the day after it.',
      ),
    schema: identifier.default('public'),
    table: identifier.optional(),
    columns: z
      .array(identifier)
      .min(1)
      .max(1600)
      .optional()
      .describe('Columns of the table; all where they are absent.'),
    order: z.array(identifier).min(1).max(32).optional().describe('Columns by which rows are ordered.'),
    window_column: identifier
      .optional()
      .describe('Column with a date or a timestamp: only rows of the window are read. Not for a query.'),
    auth: z
      .discriminatedUnion(
        'kind',
        [
          z
            .strictObject({ kind: z.literal('secret'), secret })
            .describe('User and password: the secret is a JSON object with username and password.'),
          z
            .strictObject({ kind: z.literal('rds_iam'), region: text.optional().describe(variables) })
            .describe('A token of RDS, signed with the role of the function.'),
        ],
        kinds('secret', 'rds_iam'),
      )
      .describe('How the function logs in.'),
    tls: z
      .strictObject({
        mode: z
          .enum(['verify', 'off'])
          .default('verify')
          .describe('verify: certificate and host name. off: only for a server on this machine.'),
        ca: text
          .optional()
          .describe(
            `Path of a file with certificate authorities, in PEM; those of Node where it is absent. ${variables}`,
          ),
      })
      .prefault({}),
    max_lost_share: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe(
        'A pull that has lost a greater share of its rows waits until someone confirms it; 0.1 is a tenth.',
      ),
    limits: z
      .strictObject({
        connect_seconds: seconds(0.001, 300, 10),
        statement_seconds: seconds(0.001, 840, 840),
        retries: z.int().min(0).max(20).default(5),
        max_record_bytes: recordBytes,
      })
      .prefault({}),
  })
  .describe('One table or query of a PostgreSQL database.');
export type PostgresSource = z.infer<typeof PostgresSource>;

/** A whole `source.json`, with every default filled in. */
export const Source = z
  .discriminatedUnion('kind', [RestSource, PostgresSource], kinds('rest', 'postgres'))
  .meta({ title: 'Source of a dataset', description: 'Where the records of a dataset are pulled from.' });
export type Source = z.infer<typeof Source>;
