import { createReadStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { contend, fieldChecker } from '../contender.ts';

await contend(async ({ path }, manifest) => {
  const { add, counts } = fieldChecker(manifest);
  const parser = parse({
    bom: true,
    relax_column_count: true,
    delimiter: manifest.delimiter,
    quote: manifest.quote,
    escape: manifest.quote,
    on_record: (fields: string[]) => {
      add(fields);
      return null;
    },
  });
  await finished(createReadStream(path).pipe(parser).resume());
  return counts;
});
