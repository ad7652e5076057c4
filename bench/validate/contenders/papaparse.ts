import { createReadStream } from 'node:fs';
import Papa from 'papaparse';
import { contend, fieldChecker } from '../contender.ts';

await contend(async ({ path }, manifest) => {
  const { add, counts } = fieldChecker(manifest);
  await new Promise<void>((resolve, reject) => {
    Papa.parse<string[]>(createReadStream(path, 'utf8'), {
      delimiter: manifest.delimiter,
      quoteChar: manifest.quote,
      newline: '\n',
      skipEmptyLines: true,
      chunk: ({ data }) => data.forEach(add),
      complete: () => resolve(),
      error: reject,
    });
  });
  return counts;
});
