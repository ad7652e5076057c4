import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { martInBytes, textInBytes } from '../../deploy/redshift/widths.ts';
import { renderCatalog } from '../../deploy/render/render.ts';
import { loadParser } from '../../deploy/sql/tree.ts';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import type { TestWarehouse } from './warehouse.ts';
import { describeWarehouses } from './warehouses.ts';

/** As long as the manifest allows, and of letters of one, two, three and four bytes. */
const longest = (letter: string, most: number): string => letter.repeat(most);
const letters = ['a', 'ß', '語', '🎧'];

describeWarehouses('texts of letters with several bytes', (engine) => {
  let catalog: Catalog;
  let warehouse: TestWarehouse | undefined;
  beforeAll(async () => {
    catalog = await renderCatalog(process.cwd(), engine.target);
  });
  afterEach(async () => {
    await warehouse?.close();
    warehouse = undefined;
  });

  it('reach the warehouse whole', async () => {
    const { listening } = catalog.marts;
    if (!listening) throw new Error('the mart is gone');
    warehouse = await engine.open(catalog);
    const tracks = letters.map((letter) => ({
      track_id: longest(letter, 64),
      track_name: longest(letter, 4096),
      artists: `${longest(letter, 4095)}z`,
      track_genre: longest(letter, 256),
      popularity: 1,
      duration_ms: 1,
    }));
    await warehouse.publish({
      ...{
        dataset: 'tracks',
        file: 'data/tracks/tracks.csv',
        version: 'v1',
        landedAt: '2024-07-01 00:00:00',
      },
      rows: tracks,
    });
    await warehouse.rebuild(listening);
    const held = await warehouse.query(
      'select track_id, track_name, artists, track_genre from gold.dim_tracks',
    );
    const whole = tracks.map(({ popularity: _, duration_ms: __, ...texts }) => texts);
    expect(held).toHaveLength(whole.length);
    expect(held).toEqual(expect.arrayContaining(whole));
  });
});

describe('widths for Redshift', () => {
  beforeAll(loadParser);

  it('are four times those of the project, at most what Redshift has', () => {
    expect(
      textInBytes(
        `select 'é varchar(3)' || cast(a as varchar(7)) as b, cast(c as VARCHAR (20000)) as d from t`,
      ),
    ).toBe(`select 'é varchar(3)' || cast(a as varchar(28)) as b, cast(c as VARCHAR (65535)) as d from t`);
  });

  it('are those of columns, too', async () => {
    const { marts } = await renderCatalog(process.cwd(), 'redshift');
    const columns = Object.values(marts).flatMap(({ models }) => models.flatMap((model) => model.columns));
    expect(columns.map(({ type }) => type)).toContain('varchar(16384)');
    const { listening } = (await renderCatalog(process.cwd(), 'duckdb')).marts;
    const [model] = listening ? martInBytes(listening).models : [];
    const own = marts.listening?.models.find(({ name }) => name === model?.name);
    expect(own?.columns).toEqual(model?.columns);
  });
});
