import * as z from 'zod';

/** A column of a table, with its portable type. */
export const Column = z.object({ name: z.string(), type: z.string() });
export type Column = z.infer<typeof Column>;

/** The layout of a silver table, from the `config()` of `sql/silver/<dataset>.sql`. */
export const SilverTable = z.object({
  key: z.array(z.string()),
  /** A partition transform such as `days(listen_time)`; engines without partitions ignore it. */
  partition: z.string().optional(),
  order: z.array(z.string()),
  /** Output columns of the silver SQL with their portable types, lineage included. */
  columns: z.array(Column),
});
export type SilverTable = z.infer<typeof SilverTable>;
