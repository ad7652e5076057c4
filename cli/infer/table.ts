import { inferCsv } from './csv.ts';
import { extensionOf } from './file-names.ts';
import type { InferredTable, Samples } from './inferred.ts';
import { readJsonRecords } from './json-records.ts';
import { inferJson } from './json-table.ts';
import { inferParquet } from './parquet.ts';
import { CannotInfer, isJsonArray, isParquet, noRow, type OnRead, readText } from './sample-file.ts';
import { unreadReasons } from './unread.ts';

/**
 * Learns columns, types and keys of a dataset from every row of its files, in constant memory; throws `CannotInfer`. Files are
 * read once, and a second time if no single column is a key. DuckDB's `sniff_csv` and `SUMMARIZE` are not used: they guess
 * types from a sample, take dates and numbers that no manifest takes, and do not count the rows that break a type.
 */
export const inferTable = async (samples: Samples, onRead: OnRead): Promise<InferredTable> => {
  const [first = ''] = samples.paths;
  const extension = extensionOf(first).toLowerCase();
  if (extension === '.parquet' && first.endsWith('.gz'))
    throw new CannotInfer(
      `${first} is in gzip; Parquet is compressed inside, and .parquet.gz is not supported`,
    );
  const isSaid = extension === '.parquet';
  if (isSaid || (await isParquet(first))) {
    if (!isSaid && ['.csv', '.json', '.jsonl', '.ndjson'].includes(extension))
      throw new CannotInfer(`${first} is Parquet; its name has to end in .parquet`);
    return inferParquet(samples, onRead);
  }
  if (!['.json', '.jsonl', '.ndjson'].includes(extension)) return inferCsv(samples, onRead);
  const format = extension === '.json' ? 'json' : 'jsonl';
  for (const path of samples.paths) {
    if ((await isJsonArray(path)) === (format === 'json')) continue;
    if (format === 'jsonl')
      throw new CannotInfer(`${path} holds one JSON array; its name has to end in .json`);
    let lines = 0;
    await readJsonRecords(readText(path, onRead), 'jsonl', () => lines++);
    if (lines > 0) throw new CannotInfer(`${path} holds JSON lines; its name has to end in .jsonl`);
    throw noRow(path, await unreadReasons(path, { format }, onRead));
  }
  return inferJson(samples, format, onRead);
};
