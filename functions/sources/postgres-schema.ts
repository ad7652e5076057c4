import * as z from 'zod';
import { aVariable, common, kinds, recordBytes, seconds, secret, text, variables } from './schema-parts.ts';

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
            .describe(
              'User and password: the secret is a JSON object with username and password. On AWS it is read from inside of the network, so the stage needs the parameter secretsEndpoint: true.',
            ),
          z
            .strictObject({ kind: z.literal('rds_iam'), region: text.optional().describe(variables) })
            .describe('A token of RDS, signed with the role of the function. It needs no secret.'),
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
