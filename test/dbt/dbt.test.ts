import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { documentProject } from '../../deploy/describe/documentation.ts';
import { propertiesOf } from '../../deploy/render/properties.ts';
import { renderCatalog } from '../../deploy/render/render.ts';
import { readProject } from '../../deploy/render/rendered-project.ts';
import { standAlone } from '../../deploy/sql/inlined.ts';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import type { Model } from '../../functions/warehouse/model.ts';
import { openWarehouse, type Row } from '../sql/warehouse.ts';
import { compiledBy, type DbtAnswer, type DbtPlace, findDbt, runDbt } from './dbt.ts';
import { projectForDbt, publishSample } from './project.ts';
import { change, rowsIn } from './rows.ts';

/** KPIs that others read have no table under dbt either. */
const inlined = ['kpi_day_totals', 'kpi_busy_days'];
const folders = { staging: 'staging', dimension: 'marts', fact: 'marts', kpi: 'kpis', check: 'checks' };

describe('dbt on the project', { timeout: 180_000 }, () => {
  let found: Awaited<ReturnType<typeof findDbt>>;
  let folder: string;
  let project: string;
  let state: string;
  let catalog: Catalog;
  let kpis: Map<string, Row[]>;

  beforeAll(async () => {
    found = await findDbt();
    if ('reason' in found) return;
    folder = await mkdtemp(join(tmpdir(), 'dbt-'));
    state = join(folder, 'state');
    await mkdir(state);
    project = await projectForDbt();
    catalog = await renderCatalog(project, 'duckdb');
    await mkdir(join(project, 'sql', 'properties'));
    const properties = propertiesOf(await documentProject(project));
    await writeFile(join(project, 'sql', 'properties', 'relations.yml'), properties);
    kpis = await publishAndRebuild(catalog, join(state, 'warehouse.duckdb'));
  }, 600_000);
  beforeEach(({ skip }) => {
    if ('reason' in found) skip(found.reason);
  });
  afterAll(async () => {
    for (const made of [folder, project]) if (made) await rm(made, { recursive: true, force: true });
  });

  const placeFor = (name: string, own = state): DbtPlace => ({
    project,
    state: own,
    target: join(folder, name),
  });
  const dbt = (place: DbtPlace, ...words: readonly string[]): Promise<DbtAnswer> => {
    if ('reason' in found) throw new Error(found.reason);
    return runDbt(found.program, place, ...words);
  };
  const compile = async (target: string, ...selection: readonly string[]) => {
    const place = placeFor(target);
    const offline = ['--no-introspect', '--no-populate-cache', '--target', target];
    expectSuccess(await dbt(place, 'compile', ...offline, ...selection));
    return compiledBy(place);
  };

  it('builds the gold of the pipeline, row for row, and leaves the pipeline its own', async () => {
    const before = await hashOf(join(state, 'warehouse.duckdb'));
    const { code, output } = await dbt(placeFor('duckdb'), 'build');
    expect(output).toMatch(/WARN 1 fact_listens_known_tracks/);
    expect(output).toMatch(/WARN 1 fact_session_known_songs/);
    expect(output).toMatch(/WARN=2 ERROR=0 SKIP=0/);
    expect(code).toBe(0);
    expect(await hashOf(join(state, 'warehouse.duckdb'))).toBe(before);
    await expectSameRows(state, modelsIn(catalog), kpis);
  });

  it('documents every relation with its grain, and compiles what the pipeline renders', async () => {
    const place = placeFor('duckdb');
    expectSuccess(await dbt(place, 'docs', 'generate', '--select', 'path:*'));
    const manifest = JSON.parse(await readFile(join(place.target, 'manifest.json'), 'utf8'));
    const documented = JSON.parse(await readFile(join(place.target, 'catalog.json'), 'utf8'));
    const { description, columns } = manifest.nodes['model.soundcheck.dim_tracks'];
    expect(description).toBe('one row per track, with the values of the catalogue that landed last');
    expect(Object.keys(documented.nodes['model.soundcheck.dim_tracks'].columns)).toEqual(
      Object.keys(columns),
    );
    const stations = manifest.nodes['model.soundcheck.dim_stations'];
    expect(stations).toMatchObject({
      description: 'one row per station. Stations on land.',
      config: { meta: { rules: ['A station keeps its letters'] } },
      columns: {
        code: { description: 'Letters of the station' },
        altitude: { description: 'Height above the sea.', config: { meta: { unit: 'metres' } } },
      },
    });
    expect(manifest.child_map['source.soundcheck.silver.streams']).toContain('model.soundcheck.stg_streams');
    expect(await compiledBy(place)).toEqual({ ...(await textsOf(project, 'duckdb')), ...silverOf(catalog) });
  });

  it('builds again what it built before, and fails where a check of severity error finds rows', async () => {
    const later = join(folder, 'later');
    await cp(state, later, { recursive: true });
    const warehouse = join(later, 'warehouse.duckdb');
    await change(warehouse, 'delete from silver.streams where user_id % 2 = 0');
    expectSuccess(await dbt(placeFor('later', later), 'build', '--select', '+fact_listens'));
    const odd = await rowsIn(join(later, 'dbt.duckdb'), 'gold.fact_listens', ['user_id']);
    expect(odd.length).toBeGreaterThan(100);
    expect(odd.filter(({ user_id }) => Number(user_id) % 2 === 0)).toEqual([]);

    await change(warehouse, 'update silver.tracks set duration_ms = -1');
    const { code, output } = await dbt(placeFor('later', later), 'build', '--select', 'dim_tracks+');
    expect(output).toMatch(/FAIL \d+ dim_tracks_durations/);
    expect(output).toMatch(/SKIP relation gold\.fact_listens/);
    expect(code).toBe(1);
  });

  it('does not build where the pipeline builds', async () => {
    const profiles = join(folder, 'profiles');
    await mkdir(profiles);
    const output = { type: 'duckdb', path: join(folder, 'redshift.duckdb'), schema: 'gold' };
    const profile = { soundcheck: { target: 'redshift', outputs: { redshift: output } } };
    await writeFile(join(profiles, 'profiles.yml'), JSON.stringify(profile));
    const where = ['--profiles-dir', profiles, '--select', 'dim_date'];
    const answer = await dbt(placeFor('rejected'), 'build', ...where);
    expect(answer.output).toContain('set another one in REDSHIFT_SCHEMA');
    expect(answer.code).not.toBe(0);
    expect(answer.output).not.toMatch(/START sql/);
  });

  it('compiles for Redshift what the pipeline renders', async () => {
    expect(await compile('redshift')).toEqual(await textsOf(project, 'redshift'));
  });

  it('compiles silver for Spark as the pipeline renders it', async () => {
    const rendered = await renderCatalog(project, 'duckdb', 'spark');
    expect(await compile('spark', '--select', 'path:silver')).toEqual(silverOf(rendered));
  });
});

const expectSuccess = ({ code, output }: DbtAnswer): void => expect(code, output).toBe(0);

/** Rows that the pipeline unloaded, by KPI. */
const publishAndRebuild = async (catalog: Catalog, path: string): Promise<Map<string, Row[]>> => {
  const warehouse = await openWarehouse(catalog, path);
  try {
    await publishSample(warehouse);
    const rebuilt: [string, Row[]][] = [];
    for (const [index, mart] of Object.values(catalog.marts).entries())
      rebuilt.push(...(await warehouse.rebuild(mart, { seq: index + 1 })));
    return new Map(rebuilt);
  } finally {
    await warehouse.close();
  }
};

const modelsIn = ({ marts }: Catalog): Model[] => Object.values(marts).flatMap(({ models }) => models);

/** Texts of models that stand alone; a rebuild takes them apart. */
const textsOf = async (project: string, target: Catalog['target']): Promise<Record<string, string>> => {
  const { drafts } = await readProject(project, target, 'duckdb');
  return Object.fromEntries(
    drafts.map((draft) => [`${folderOf(draft.name, draft.kind)}/${draft.name}`, standAlone(draft, drafts)]),
  );
};

const folderOf = (name: string, kind: Model['kind']): string =>
  kind === 'view' ? (name.startsWith('dim_') ? 'marts' : 'views') : folders[kind];

const silverOf = ({ datasets }: Catalog): Record<string, string> =>
  Object.fromEntries(Object.entries(datasets).map(([name, { sql }]) => [`silver/${name}`, sql]));

const hashOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

const expectSameRows = async (
  state: string,
  models: readonly Model[],
  kpis: ReadonlyMap<string, Row[]>,
): Promise<void> => {
  const [theirs, ours] = [join(state, 'dbt.duckdb'), join(state, 'warehouse.duckdb')];
  for (const { name, kind, columns } of models) {
    if (kind === 'staging' || kind === 'check' || inlined.includes(name)) continue;
    const names = columns.map((column) => column.name);
    const built = await rowsIn(theirs, `gold.${name}`, names, ours);
    const unloaded = kpis.get(name)?.map((row) => picked(row, names)) ?? [];
    const expected = kind === 'kpi' ? unloaded : await rowsIn(ours, `gold.${name}`, names);
    expect(sorted(built), name).toEqual(sorted(expected));
    if (name !== 'kpi_gone_genres') expect(built, name).not.toEqual([]);
  }
};

const picked = (row: Row, names: readonly string[]): Row =>
  Object.fromEntries(names.map((name) => [name, row[name]]));

const sorted = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
