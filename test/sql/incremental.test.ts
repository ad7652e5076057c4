import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderCatalog } from '../../deploy/render.ts';
import type { Catalog, Mart } from '../../functions/domain/catalog.ts';
import { type Applied, appliedBy } from '../../functions/domain/rebuild/rebuild.ts';
import { kpisOf } from '../oracle/kpis.ts';
import { publishedKpis } from './published.ts';
import { openWarehouse, type Row, type SilverFile, type TestWarehouse } from './warehouse.ts';

/** The SQL as it is, with another popularity, with one more column in the fact and a dimension. */
const edits: Record<string, [file: string, from: string, to: string][]> = {
  asItIs: [],
  popular: [['staging/stg_tracks.sql', 'coalesce(popularity, 0)', 'coalesce(popularity, 0) + 7']],
  wider: [
    [
      'marts/fact_listens.sql',
      'cast(kept.listen_date as date) as listen_date',
      'cast(kept.listen_date as date) as listen_date,\n    cast(extract(hour from kept.listen_time) as integer) as listen_hour',
    ],
    [
      'marts/dim_tracks.sql',
      'cast(explicit as boolean) as explicit',
      'cast(explicit as boolean) as explicit,\n    cast(upper(track_genre) as varchar(256)) as genre_title',
    ],
  ],
};

type Step =
  | {
      readonly land: 'streams' | 'tracks';
      readonly file: string;
      readonly rows: readonly Row[];
      readonly late: boolean;
    }
  | { readonly edit: string }
  | 'rebuild';

const listen = fc.record({
  user_id: fc.integer({ min: 1, max: 4 }),
  track_id: fc.constantFrom('a', 'b', 'c', 'd', 'unknown'),
  listen_time: fc
    .tuple(
      fc.constantFrom('2024-06-24', '2024-06-25', '2024-06-26'),
      fc.constantFrom('00:00:00', '10:00:00', '23:59:59'),
    )
    .map((parts) => parts.join(' ')),
});
const track = fc.record({
  track_id: fc.constantFrom('a', 'b', 'c', 'd'),
  artists: fc.constantFrom('X;Y', 'Y', null),
  track_name: fc.constantFrom('One', null),
  popularity: fc.integer({ min: 0, max: 100 }),
  duration_ms: fc.integer({ min: 0, max: 5 }),
  track_genre: fc.constantFrom('rock', 'jazz'),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      land: fc.constant('streams' as const),
      file: fc.constantFrom('s1', 's2', 's3'),
      rows: fc.array(listen, { maxLength: 8 }),
      late: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      land: fc.constant('tracks' as const),
      file: fc.constantFrom('t1', 't2'),
      rows: fc.uniqueArray(track, { maxLength: 4, selector: (row) => row.track_id }),
      late: fc.constant(false),
    }),
  },
  { weight: 3, arbitrary: fc.record({ edit: fc.constantFrom(...Object.keys(edits)) }) },
  { weight: 4, arbitrary: fc.constant('rebuild' as const) },
);

const catalogs = new Map<string, Catalog>();
const catalogNamed = (name: string): { catalog: Catalog; mart: Mart } => {
  const catalog = catalogs.get(name);
  const mart = catalog?.marts.listening;
  if (!catalog || !mart) throw new Error(`no catalog ${name}`);
  return { catalog, mart };
};

const renderEdited = async (changes: (typeof edits)[string]): Promise<Catalog> => {
  const root = await mkdtemp(join(tmpdir(), 'soundcheck-edited-'));
  for (const folder of ['rules', 'sql'])
    await cp(join(process.cwd(), folder), join(root, folder), { recursive: true });
  for (const [file, from, to] of changes) {
    const source = await readFile(join(root, 'sql', file), 'utf8');
    expect(source).toContain(from);
    await writeFile(join(root, 'sql', file), source.replace(from, to));
  }
  const catalog = await renderCatalog(root, 'duckdb');
  await rm(root, { recursive: true });
  return catalog;
};

const landingTime = (number: number): string => `2024-07-01 00:00:${String(number).padStart(2, '0')}`;

/** Lives through a history; gives the warehouse, what was published, and the files that are in silver at the end. */
const live = async (steps: readonly Step[]) => {
  const warehouse = await openWarehouse(catalogNamed('asItIs').catalog);
  const published = publishedKpis();
  const files = new Map<string, SilverFile>();
  let edit = 'asItIs';
  let previous: Applied | undefined;
  let seq = 0;
  for (const [number, step] of [...steps, 'rebuild' as const].entries()) {
    if (step === 'rebuild') {
      const { mart } = catalogNamed(edit);
      seq += 1;
      published.publish(mart, seq, await warehouse.rebuild(mart, { seq, ...(previous && { previous }) }));
      previous = appliedBy(mart, previous);
    } else if ('edit' in step) edit = step.edit;
    else {
      const landedAt = landingTime(step.late ? 0 : number + 1);
      const file = { dataset: step.land, file: step.file, version: `v${number}`, landedAt, rows: step.rows };
      files.delete(step.file);
      files.set(step.file, file);
      await warehouse.publish(file);
    }
  }
  return { warehouse, published, files: [...files.values()], edit };
};

const goldOf = async (warehouse: TestWarehouse, { models }: Mart): Promise<Record<string, Row[]>> => {
  const tables = models.filter(({ kind }) => kind === 'dimension' || kind === 'fact');
  const rows = tables.map(async ({ name, columns }) => {
    const names = columns.map((column) => column.name).join(', ');
    return [name, await warehouse.query(`select ${names} from gold.${name} order by all`)] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
};

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
  beforeAll(async () => {
    for (const [name, changes] of Object.entries(edits)) catalogs.set(name, await renderEdited(changes));
  });
  afterAll(() => catalogs.clear());

  it('leave the gold and the KPIs that one full rebuild of the same files gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
        const { warehouse, published, files, edit } = await live(steps);
        const { catalog, mart } = catalogNamed(edit);
        const fresh = await openWarehouse(catalog);
        try {
          for (const file of files) await fresh.publish(file);
          const whole = publishedKpis();
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
