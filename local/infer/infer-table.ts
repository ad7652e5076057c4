import { extensionOf } from './file-names.ts';
import { inferCsv } from './infer-csv.ts';
import { inferJson } from './infer-json-table.ts';
import type { InferredTable, Samples } from './inferred.ts';
import { CannotInfer, isJsonArray, type OnRead } from './sample-file.ts';

/**
 * Learns columns, types and keys of a dataset from every row of its files, in flat memory; throws `CannotInfer`.
 * Files are read once, and once more where no single column tells rows apart.
 */
export const inferTable = async (samples: Samples, onRead: OnRead): Promise<InferredTable> => {
  const [first = ''] = samples.paths;
  const extension = extensionOf(first).toLowerCase();
  if (extension === '.parquet')
    throw new CannotInfer(`${first} is Parquet, which says its types itself; infer reads CSV and JSON`);
  if (!['.json', '.jsonl', '.ndjson'].includes(extension)) return inferCsv(samples, onRead);
  const format = extension === '.json' ? 'json' : 'jsonl';
  for (const path of samples.paths) {
    if ((await isJsonArray(path)) === (format === 'json')) continue;
    const [holds, suffix] = format === 'json' ? ['JSON lines', '.jsonl'] : ['one JSON array', '.json'];
    throw new CannotInfer(`${path} holds ${holds}; its name has to end in ${suffix}`);
  }
  return inferJson(samples, format, onRead);
};
