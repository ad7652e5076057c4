import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateStreams } from '../local/generate/index.ts';
import { type Plain, plainDuckdb } from './beside-plain.ts';
import type { BenchCloud } from './cloud.ts';
import type { LakeClient } from './lake-client.ts';
import { landCatalogue, landManifest, untilClosed, untilReadable, untilRecorded } from './landings.ts';
import { median } from './median.ts';
import { peakMemory } from './memory.ts';
import type { Measurement } from './report.ts';

const days = 30;
const firstDay = '2024-06-01';
const patienceMs = 900_000;

/**
 * Lands one file of so many rows over thirty days and measures the time until every day can be read, and the cloud's memory.
 * One plain DuckDB script does the same work before and after it; the program fails where both do not show the same days.
 */
export const tenMillion = async (
  { lake, process, directory }: BenchCloud,
  rows: number,
  plain: Plain = plainDuckdb,
): Promise<Measurement> => {
  const { tracks, ...catalogue } = await landCatalogue(lake);
  const memoryBefore = await peakMemory(process);
  const path = join(directory, 'streams1.csv');
  await writeFile(path, generateStreams({ rows, days, firstDay, seed: 1, ...catalogue }));
  await landManifest(lake, 'streams', rows);
  await writeFile(join(directory, 'tracks.csv'), tracks);
  const before = await plain.run(directory);
  const figures = await landHuge(lake, path);
  const memory = { memory_before_mb: memoryBefore, peak_memory_mb: await peakMemory(process) };
  const after = await plain.run(directory);
  await plain.expectSame(lake, directory);
  const beside = {
    plain_duckdb_before_ms: before.ms,
    plain_duckdb_after_ms: after.ms,
    plain_duckdb_peak_mb: Math.max(before.peak_mb, after.peak_mb),
    times_plain_duckdb: figures.landed_to_readable_ms / median([before.ms, after.ms]),
  };
  return { bench: 'ten-million', figures: { rows, ...figures, ...memory, ...beside } };
};

const landHuge = async (lake: LakeClient, path: string) => {
  const { size } = await stat(path);
  const file = await lake.land('data/streams/streams1.csv', createReadStream(path), size);
  const record = await untilRecorded(lake, file, 'published_at', patienceMs);
  const listens = await listensOfAllDays(lake);
  const readableAt = Date.now();
  const totals = await lake.day(firstDay);
  await untilClosed(lake, String(totals?.rebuild), patienceMs);
  const acceptedAt = Date.parse(String(record.accepted_at));
  const publishedAt = Date.parse(String(record.published_at));
  return {
    size_mb: size / 1e6,
    listens,
    upload_ms: file.storedAt - file.sentAt,
    validate_ms: acceptedAt - file.storedAt,
    transform_and_publish_ms: publishedAt - acceptedAt,
    rebuild_and_kpis_ms: readableAt - publishedAt,
    landed_to_readable_ms: readableAt - file.storedAt,
  };
};

const listensOfAllDays = async (lake: LakeClient): Promise<number> => {
  let listens = 0;
  for (let day = 0; day < days; day++) {
    const date = new Date(Date.parse(firstDay) + day * 86_400_000).toISOString().slice(0, 10);
    listens += Number((await untilReadable(lake, date, 1, patienceMs)).listens);
  }
  return listens;
};
