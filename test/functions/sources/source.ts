import type { RestSource } from '../../../functions/sources/rest-schema.ts';
import { Source } from '../../../functions/sources/source.ts';

/** A valid source of an API, with changes. */
export const restSourceWith = (changes: Readonly<Record<string, unknown>> = {}): RestSource => {
  const source = Source.parse({
    version: '1.0',
    kind: 'rest',
    url: 'https://shop.example/users',
    query: { start_date: '{from}', end_date: '{to}' },
    records: '$',
    ...changes,
  });
  if (source.kind !== 'rest') throw new Error('no API');
  return source;
};
