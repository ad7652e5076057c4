import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kpisOf } from '../oracle/kpis.ts';
import { goldOf, history, live, renderEdits } from './histories.ts';
import { publishedKpis } from './published.ts';
import type { Row, SilverFile } from './warehouse.ts';
import { duckdb } from './warehouses.ts';

const asText = (rows: readonly Row[], columns: readonly string[]): string =>
  [columns, ...rows.map((row) => columns.map((name) => row[name] ?? ''))]
    .map((line) => line.join(','))
    .join('\n');

const lakeOf = (files: readonly SilverFile[]) => {
  const of = (dataset: string, columns: readonly string[]) =>
    files
      .filter((file) => file.dataset === dataset)
      .sort((a, b) => (a.landedAt < b.landedAt ? -1 : 1))
      .map(({ file, rows }) => ({ name: file, text: asText(rows, columns) }));
  return {
    streams: of('streams', ['user_id', 'track_id', 'listen_time']),
    tracks: of('tracks', ['track_id', 'artists', 'track_name', 'popularity', 'duration_ms', 'track_genre']),
  };
};

describe('incremental rebuilds', () => {
  it('leave the gold and the KPIs that one full rebuild of the same files gives', async () => {
    const catalogs = await renderEdits('duckdb');
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const { warehouse, files, edit, rebuilds } = await live(duckdb, catalogs, steps);
        const { catalog, mart } = catalogs(edit);
        const fresh = await duckdb.open(catalog);
        try {
          for (const file of files) await fresh.publish(file);
          const [published, whole] = [publishedKpis(), publishedKpis()];
          for (const [index, rebuild] of rebuilds.entries())
            published.publish(rebuild.mart, index + 1, rebuild.rows);
          whole.publish(mart, 1, await fresh.rebuild(mart));
          expect(await goldOf(warehouse, mart)).toEqual(await goldOf(fresh, mart));
          expect(Object.fromEntries(published.visible())).toEqual(Object.fromEntries(whole.visible()));
          if (edit !== 'popular')
            expect(Object.fromEntries(whole.visible())).toEqual(Object.fromEntries(kpisOf(lakeOf(files))));
        } finally {
          await Promise.all([warehouse.close(), fresh.close()]);
        }
      }),
      { numRuns: Number(process.env.SOUNDCHECK_RUNS ?? 25) },
    );
  }, 240_000);
});
