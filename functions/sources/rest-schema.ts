import * as z from 'zod';
import {
  common,
  kinds,
  name,
  path,
  recordBytes,
  seconds,
  secret,
  text,
  url,
  variables,
} from './schema-parts.ts';

const secretKey = (usual: string) =>
  name
    .default(usual)
    .describe('The key of the value, where the secret is a JSON object. Else the whole secret is the value.');

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
