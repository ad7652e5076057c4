import * as z from 'zod';
import { Column } from '../../values/index.ts';

/** `runs/<migration>/migration.spec.json`: everything that a migration of a mart sends. */
export const MigrationSpec = z.object({
  migration: z.string(),
  mart: z.string(),
  seq: z.number().int(),
  /** Hash of the definitions that it gives gold. */
  version: z.string(),
  /** Each is sent after the one before it is committed. */
  transactions: z.array(z.array(z.string())),
  /** The state of gold after it is applied. */
  applied: z.object({
    tables: z.record(z.string(), z.array(Column)),
    views: z.record(z.string(), z.object({ hash: z.string(), is_stored: z.boolean() })),
  }),
});
export type MigrationSpec = z.infer<typeof MigrationSpec>;
