import pLimit from 'p-limit';
import { generateStreams } from '../local/generate/index.ts';
import type { BenchCloud } from './cloud.ts';
import type { Item, LakeClient, LandedFile } from './lake-client.ts';
import { type Catalogue, landCatalogue, untilReadable, untilRecorded } from './landings.ts';
import { peakMemory } from './memory.ts';
import type { Measurement } from './report.ts';

const day = '2024-06-25';
const rowsPerFile = 100;
const uploadsAtOnce = 64;
const patienceMs = 600_000;

/** Lands so many small files of one day at the same time, and counts their batches. */
export const thousandFiles = async ({ lake, process }: BenchCloud, count: number): Promise<Measurement> => {
  const texts = textsOf(await landCatalogue(lake), count);
  const startedAt = Date.now();
  const files = await landAll(lake, texts);
  const landedAt = Date.now();
  await untilReadable(lake, day, distinctLines(texts), patienceMs);
  const readableAt = Date.now();
  const records = await recordsOf(lake, files);
  return {
    bench: 'thousand-files',
    figures: {
      files: count,
      batches: new Set(records.map((record) => record.batch_id)).size,
      upload_ms: landedAt - startedAt,
      first_upload_to_readable_ms: readableAt - startedAt,
      last_upload_to_readable_ms: readableAt - landedAt,
      peak_memory_mb: await peakMemory(process),
    },
  };
};

/** So many files of a hundred listens of one day. */
export const textsOf = (catalogue: Catalogue, count: number): string[] => {
  const rows = count * rowsPerFile;
  const text = [...generateStreams({ rows, days: 1, firstDay: day, seed: 1, ...catalogue })].join('');
  const [header, ...lines] = text.trimEnd().split('\n');
  return Array.from({ length: count }, (_, file) =>
    [header, ...lines.slice(file * rowsPerFile, (file + 1) * rowsPerFile), ''].join('\n'),
  );
};

/** Listens that count. */
export const distinctLines = (texts: readonly string[]): number =>
  new Set(texts.flatMap((text) => text.trimEnd().split('\n').slice(1))).size;

/** Lands them, many at once. */
export const landAll = (lake: LakeClient, texts: readonly string[]): Promise<LandedFile[]> => {
  const limit = pLimit(uploadsAtOnce);
  return Promise.all(
    texts.map((text, index) => limit(() => lake.land(`data/streams/streams${index + 1}.csv`, text))),
  );
};

const recordsOf = (lake: LakeClient, files: readonly LandedFile[]): Promise<Item[]> => {
  const limit = pLimit(uploadsAtOnce);
  return Promise.all(files.map((file) => limit(() => untilRecorded(lake, file, 'published_at'))));
};
