import * as z from 'zod';
import { PostgresSource } from './postgres-schema.ts';
import { RestSource } from './rest-schema.ts';
import { kinds } from './schema-parts.ts';

/** A source as data owners write it, `rules/<dataset>/source.json`; `rules/source.schema.json` is made from this. */

/** A whole `source.json`, with every default filled in. */
export const Source = z
  .discriminatedUnion('kind', [RestSource, PostgresSource], kinds('rest', 'postgres'))
  .meta({ title: 'Source of a dataset', description: 'Where the records of a dataset are pulled from.' });
export type Source = z.infer<typeof Source>;
