import { temporaryScratch } from '../functions/adapters/temporary-scratch.ts';
import { type Manifest, parseManifest, validateFile } from '../functions/validation/index.ts';
import { peakMemory } from './memory.ts';
import type { Measurement } from './report.ts';

const header = 'user_id,track_id,listen_time\n';
const rowsInPiece = 1000;
const digits = 10;

/** Validates a file in which every other key has a duplicate, without a key and with one, and measures time and memory. */
export const keys = async (records: number): Promise<Measurement> => {
  const plain = await validated(records, manifestOf({}));
  const memoryBefore = await peakMemory(process.pid);
  const keyed = await validated(records, manifestOf({ key: ['user_id', 'track_id'], on_duplicate: 'first' }));
  return {
    bench: 'keys',
    figures: {
      records,
      duplicates: keyed.duplicates,
      without_key_ms: plain.ms,
      with_key_ms: keyed.ms,
      memory_before_mb: memoryBefore,
      peak_memory_mb: await peakMemory(process.pid),
    },
  };
};

const manifestOf = (schema: object): Manifest => {
  const fields = {
    user_id: { type: 'int', required: true },
    track_id: { type: 'string', required: true },
    listen_time: { type: 'timestamp', required: true },
  };
  const parsed = parseManifest(
    JSON.stringify({
      version: '1',
      directory: 'data/streams/',
      schema: { extension: '.csv', fields, ...schema },
    }),
  );
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.manifest;
};

const validated = async (
  records: number,
  manifest: Manifest,
): Promise<{ ms: number; duplicates: number }> => {
  const scratch = temporaryScratch();
  const startedAt = Date.now();
  try {
    const validation = await validateFile({
      key: 'data/streams/streams1.csv',
      size: header.length + records * rowOf(1).length,
      manifest,
      content: contentOf(records),
      seed: 'a version',
      scratch,
    });
    if (validation.verdict !== 'accepted') throw new Error(`the file is ${validation.verdict}`);
    return { ms: Date.now() - startedAt, duplicates: validation.quarantined?.rows ?? 0 };
  } finally {
    scratch.close();
  }
};

async function* contentOf(records: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from(header);
  for (let first = 0; first < records; first += rowsInPiece) {
    const count = Math.min(rowsInPiece, records - first);
    yield Buffer.from(Array.from({ length: count }, (_, at) => rowOf(keyOf(first + at, records))).join(''));
  }
}

/** The last third duplicates every other key of the rows before it. */
const keyOf = (record: number, records: number): number => {
  const first = Math.ceil((records * 2) / 3);
  return record < first ? record : (record - first) * 2;
};

const rowOf = (key: number): string =>
  `${10 ** (digits - 1) + key},4dBa8T7oDV9WvGr7kVS4Ez,2024-06-25 17:43:13\n`;
