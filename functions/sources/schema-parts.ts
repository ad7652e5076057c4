import * as z from 'zod';
import { pathText } from './paths.ts';

/** Parts of a `source.json` that its kinds have in common. */

export const aVariable = `\${NAME}`;
export const variables = `${aVariable} is replaced from the environment of the function.`;
export const text = z.string().min(1).max(2000);
export const name = z.string().min(1).max(200);
export const path = z
  .string()
  .max(500)
  .regex(pathText, { error: "is not a path such as $, $.data.items or $['@odata.nextLink']" });
export const seconds = (least: number, most: number, usual: number) =>
  z.number().min(least).max(most).default(usual);

export const url = z
  .string()
  .max(2000)
  .regex(/^(https?:\/\/|\$\{[A-Z][A-Z0-9_]*\})\S*$/, {
    error: `does not begin with https://, http:// or ${aVariable}`,
  });

export const secret = z
  .string()
  .max(2000)
  .regex(/^(arn:[\w-]+:secretsmanager:\S+|\$\{[A-Z][A-Z0-9_]*\})$/, {
    error: `is neither the ARN of a secret nor ${aVariable}; never write a secret itself into this file`,
  })
  .describe(`ARN of a secret in Secrets Manager. ${variables}`);

/** Words for a `kind` that does not exist. */
export const kinds = (...names: string[]) => ({
  error: ({ code }: { code?: string | undefined }) =>
    code === 'invalid_union' ? `is none of ${names.join(', ')}` : undefined,
});

export const recordBytes = z
  .int()
  .min(1)
  .max(16 * 2 ** 20)
  .default(2 ** 20)
  .describe('Most bytes of one record. A larger one fails the pull.');

/** The keys that sources of every kind have. */
export const common = {
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
