import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { renderCatalog } from '../../deploy/render/render.ts';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import { numberOf } from '../../functions/values/exact-number.ts';
import type { Mart } from '../../functions/warehouse/model.ts';
import type { Row } from './warehouse.ts';
import { describeWarehouses } from './warehouses.ts';

type Bounds = { readonly min?: number; readonly max?: number };

/** Whole numbers that a shipped manifest lets pass, its bounds and those of 64 bits among them. */
const accepted = async (dataset: string, field: string): Promise<fc.Arbitrary<bigint>> => {
  const manifest = JSON.parse(await readFile(`rules/${dataset}/manifest.json`, 'utf8'));
  const bounds: Bounds = manifest.schema.fields[field];
  const [min, max] = [BigInt(bounds.min ?? -(2n ** 63n)), BigInt(bounds.max ?? 2n ** 63n - 1n)];
  return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max), fc.constant(max));
};

const halfUp = (numerator: bigint, denominator: bigint): string => {
  const units = (200n * numerator + denominator) / (2n * denominator);
  const digits = String(units).padStart(3, '0');
  return String(numberOf(`${digits.slice(0, -2)}.${digits.slice(-2)}`));
};

type Track = { readonly track_id: string; readonly duration_ms: bigint; readonly popularity: bigint };

describeWarehouses('numbers that the shipped manifests accept', ({ target, open }) => {
  let catalog: Catalog;
  let mart: Mart;
  let tracks: fc.Arbitrary<Track[]>;
  let listeners: fc.Arbitrary<bigint[]>;
  beforeAll(async () => {
    catalog = await renderCatalog(process.cwd(), target);
    mart = catalog.marts.listening as Mart;
    const track = fc.record({
      duration_ms: await accepted('tracks', 'duration_ms'),
      popularity: await accepted('tracks', 'popularity'),
    });
    const some = fc.array(track, { minLength: 1, maxLength: 4 });
    tracks = some.map((all) => all.map((one, at) => ({ ...one, track_id: `t${at}` })));
    const listener = await accepted('streams', 'user_id');
    listeners = fc.uniqueArray(listener, { minLength: 1, maxLength: 3 });
  });

  it('give exact KPIs and no overflow, however large', async () => {
    await fc.assert(
      fc.asyncProperty(tracks, listeners, async (known, users) => {
        const warehouse = await open(catalog);
        try {
          const landed = { version: 'v1', landedAt: '2024-07-01 00:00:00' };
          const catalogue = known.map((track) => ({
            ...track,
            duration_ms: String(track.duration_ms),
            popularity: String(track.popularity),
            track_genre: 'pop',
          }));
          const listens = users.flatMap((user) =>
            known.map(({ track_id }) => ({
              user_id: String(user),
              track_id,
              listen_time: '2024-06-25 10:00:00',
            })),
          );
          await warehouse.publish({ dataset: 'tracks', file: 'tracks.csv', ...landed, rows: catalogue });
          await warehouse.publish({ dataset: 'streams', file: 'streams1.csv', ...landed, rows: listens });
          const kpis = await warehouse.rebuild(mart);
          const played = known.reduce((sum, { duration_ms }) => sum + duration_ms, 0n);
          const liked = known.reduce((sum, { popularity }) => sum + popularity, 0n);
          const count = BigInt(users.length);
          const day = { listening_ms: String(count * played) };
          expect(texts(kpis.get('kpi_days'))).toMatchObject([day]);
          expect(texts(kpis.get('kpi_day_genres'))).toMatchObject([
            {
              ...day,
              avg_listening_ms_per_listener: halfUp(count * played, count),
              popularity_index: halfUp(count * liked, 100n),
            },
          ]);
          const average = halfUp(played, BigInt(known.length));
          const found = texts(kpis.get('kpi_listeners'));
          expect(found.map(({ user_id }) => user_id).sort()).toEqual(users.map(String).sort());
          for (const listener of found)
            expect(listener).toMatchObject({
              listening_ms: String(played),
              avg_listening_ms: average,
              avg_listening_ms_per_day: halfUp(played, 1n),
            });
        } finally {
          await warehouse.close();
        }
      }),
      { numRuns: Number(process.env.EXACT_RUNS ?? 5) },
    );
  }, 600_000);
});

const texts = (rows: readonly Row[] = []): Record<string, string>[] =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'number' ? String(numberOf(String(value))) : String(value),
      ]),
    ),
  );
