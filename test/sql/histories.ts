import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { renderCatalog } from '../../deploy/render/render.ts';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import type { Mart } from '../../functions/warehouse/model.ts';
import type { Applied } from '../../functions/warehouse/rebuild/plan.ts';
import { appliedBy } from '../../functions/warehouse/rebuild/rebuild.ts';
import type { Row, SilverFile, TestWarehouse } from './warehouse.ts';
import type { TestEngine } from './warehouses.ts';

/** What a warehouse lives through: files land, are corrected, vanish, the SQL is edited, gold is rebuilt. */

export type Landing = {
  readonly land: string;
  readonly file: string;
  readonly rows: readonly Row[];
  readonly late: boolean;
};
export type Step = Landing | { readonly edit: string } | 'rebuild';

/** By name, changes of files of `sql/`. */
export type Edits = Readonly<Record<string, readonly (readonly [file: string, from: string, to: string])[]>>;

/** The SQL as it is, with another popularity, with one more column in the fact and a dimension. */
const edits: Edits = {
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
      'cast(is_explicit as boolean) as is_explicit',
      'cast(is_explicit as boolean) as is_explicit,\n    cast(upper(track_genre) as varchar(256)) as genre_title',
    ],
  ],
};

const listen = fc.record({
  user_id: fc.integer({ min: 1, max: 4 }),
  track_id: fc.constantFrom('a', 'b', 'c', 'd', 'unknown'),
  listen_time: fc
    .tuple(
      fc.constantFrom('2024-06-24', '2024-06-25', '2024-06-26'),
      fc.constantFrom('00:00:00', '10:00:00', '10:00:00.000001', '23:59:59', '23:59:59.999999'),
    )
    .map((parts) => parts.join(' ')),
});
const track = fc.record({
  track_id: fc.constantFrom('a', 'b', 'c', 'd'),
  artists: fc.constantFrom('X;Y', 'Y', 'Ünï;Y', '東京', null),
  track_name: fc.constantFrom('One', '🎵 Zwölf', null),
  popularity: fc.integer({ min: 0, max: 100 }),
  duration_ms: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(86_399_999)),
  track_genre: fc.constantFrom('rock', 'jazz', 'Škå'),
});
const listener = fc.record({
  user_id: fc.integer({ min: 1, max: 4 }),
  user_name: fc.constantFrom('Ann', 'Zoë', '', null),
  user_country: fc.constantFrom('DE', null),
  user_age: fc.option(fc.integer({ min: 0, max: 120 })),
  created_at: fc.constantFrom('2024-02-29', '1999-12-31', null),
});

/** A file of some dataset lands, perhaps late. */
export const landing = (
  land: string,
  files: readonly string[],
  rows: fc.Arbitrary<Row[]>,
  late: fc.Arbitrary<boolean> = fc.constant(false),
): fc.Arbitrary<Step> => fc.record({ land: fc.constant(land), file: fc.constantFrom(...files), rows, late });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: landing('streams', ['s1', 's2', 's3'], fc.array(listen, { maxLength: 8 }), fc.boolean()),
  },
  {
    weight: 3,
    arbitrary: landing(
      'tracks',
      ['t1', 't2'],
      fc.uniqueArray(track, { maxLength: 4, selector: (row) => row.track_id }),
    ),
  },
  { weight: 1, arbitrary: landing('listeners', ['l1', 'l2'], fc.array(listener, { maxLength: 4 })) },
  { weight: 3, arbitrary: fc.record({ edit: fc.constantFrom(...Object.keys(edits)) }) },
  { weight: 4, arbitrary: fc.constant('rebuild' as const) },
);

/** Histories; each ends with a rebuild when it is lived. No rows retract a file, a late one takes the first landing time. */
export const history: fc.Arbitrary<Step[]> = fc.array(step, { minLength: 4, maxLength: 16 });

/** Catalogs of one target by edit of the SQL. */
export type EditedCatalogs = (edit: string) => { readonly catalog: Catalog; readonly mart: Mart };

/** Renders the project's SQL, and each of a mart's edits, for a target. */
export const renderEdits = async (
  target: Catalog['target'],
  of: { readonly mart: string; readonly edits: Edits } = { mart: 'listening', edits },
): Promise<EditedCatalogs> => {
  const catalogs = new Map<string, Catalog>();
  for (const [name, changes] of Object.entries(of.edits))
    catalogs.set(name, await renderEdited(changes, target));
  return (name) => {
    const catalog = catalogs.get(name);
    const mart = catalog?.marts[of.mart];
    if (!catalog || !mart) throw new Error(`no catalog ${name}`);
    return { catalog, mart };
  };
};

const renderEdited = async (changes: Edits[string], target: Catalog['target']): Promise<Catalog> => {
  const root = await mkdtemp(join(tmpdir(), 'soundcheck-edited-'));
  for (const folder of ['rules', 'sql'])
    await cp(join(process.cwd(), folder), join(root, folder), { recursive: true });
  for (const [file, from, to] of changes) {
    const source = await readFile(join(root, 'sql', file), 'utf8');
    if (!source.includes(from)) throw new Error(`${file} has no ${from}`);
    await writeFile(join(root, 'sql', file), source.replace(from, to));
  }
  const catalog = await renderCatalog(root, target);
  await rm(root, { recursive: true });
  return catalog;
};

const landingTime = (number: number): string => `2024-07-01 00:00:${String(number).padStart(2, '0')}`;

/** What a history leaves behind: the last edit, what is in silver, and what each rebuild unloaded. The warehouse is open. */
export type Lived = {
  readonly warehouse: TestWarehouse;
  readonly edit: string;
  readonly files: readonly SilverFile[];
  readonly rebuilds: readonly { readonly mart: Mart; readonly rows: Map<string, Row[]> }[];
};

/** Lives through a history on an engine. */
export const live = async (
  engine: TestEngine,
  catalogs: EditedCatalogs,
  steps: readonly Step[],
): Promise<Lived> => {
  const warehouse = await engine.open(catalogs('asItIs').catalog);
  const files = new Map<string, SilverFile>();
  const rebuilds: { mart: Mart; rows: Map<string, Row[]> }[] = [];
  let edit = 'asItIs';
  let previous: Applied | undefined;
  for (const [number, step] of [...steps, 'rebuild' as const].entries()) {
    if (step === 'rebuild') {
      const { mart } = catalogs(edit);
      rebuilds.push({ mart, rows: await warehouse.rebuild(mart, previous && { previous }) });
      previous = appliedBy(mart);
    } else if ('edit' in step) edit = step.edit;
    else {
      const landedAt = landingTime(step.late ? 0 : number + 1);
      const file = { dataset: step.land, file: step.file, version: `v${number}`, landedAt, rows: step.rows };
      files.delete(step.file);
      files.set(step.file, file);
      await warehouse.publish(file);
    }
  }
  return { warehouse, edit, files: [...files.values()], rebuilds };
};

/** Rows of every dimension and fact, in an order that follows from them. */
export const goldOf = async (
  warehouse: TestWarehouse,
  { models }: Mart,
): Promise<Record<string, string[]>> => {
  const gold: Record<string, string[]> = {};
  for (const { name, columns } of models.filter(({ kind }) => kind === 'dimension' || kind === 'fact')) {
    const names = columns.map((column) => column.name).join(', ');
    gold[name] = inOrder(await warehouse.query(`select ${names} from gold.${name}`));
  }
  return gold;
};

/** Rows as texts, which sort alike on all engines. */
export const inOrder = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
