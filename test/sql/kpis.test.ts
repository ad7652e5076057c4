import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderCatalog } from '../../deploy/render/render.ts';
import type { Mart } from '../../functions/warehouse/model.ts';
import { generateTracks } from '../../local/generate/tracks.ts';
import { kpisOf } from '../oracle/kpis.ts';
import { publishedKpis } from './published.ts';
import type { Row, TestWarehouse } from './warehouse.ts';
import { describeWarehouses } from './warehouses.ts';

const root = process.cwd();
const rowsOf = (text: string): Row[] =>
  parse(text, { columns: true, cast: (value: string) => (value === '' ? null : value) });
const martNamed = (marts: Record<string, Mart>, name: string): Mart => {
  const mart = marts[name];
  if (!mart) throw new Error(`no mart ${name}`);
  return mart;
};

describeWarehouses('the KPIs of the real streams file', ({ target, open }) => {
  let warehouse: TestWarehouse;
  let mart: Mart;
  let streams: string;
  let tracks: string;
  const published = publishedKpis();
  const land = (dataset: string, file: string, version: string, text: string) =>
    warehouse.publish({ dataset, file, version, landedAt: '2024-07-01 00:00:00', rows: rowsOf(text) });

  beforeAll(async () => {
    const catalog = await renderCatalog(root, target);
    mart = martNamed(catalog.marts, 'listening');
    warehouse = await open(catalog);
    streams = await readFile(join(root, 'local/sample/streams1.csv'), 'utf8');
    const trackIds = [...new Set(rowsOf(streams).map((row) => String(row.track_id)))];
    tracks = [...generateTracks({ trackIds, seed: 7, unknownShare: 0.02 })].join('');
  });
  afterAll(() => warehouse?.close());

  const expectAsComputed = (files: { name: string; text: string }[]) => {
    const visible = published.visible();
    const computed = kpisOf({ streams: files, tracks: [{ name: 'tracks.csv', text: tracks }] });
    expect([...visible.keys()].sort()).toEqual([...computed.keys()].sort());
    expect(Object.fromEntries(visible)).toEqual(Object.fromEntries(computed));
  };

  it('are what plain code computes from the same rows', async () => {
    await land('tracks', 'tracks.csv', 'v1', tracks);
    await land('streams', 'streams1.csv', 'v1', streams);
    published.publish(mart, 1, await warehouse.rebuild(mart));
    expectAsComputed([{ name: 'streams1.csv', text: streams }]);
    expect(published.visible().get('DAY#2024-06-25 CURRENT')).toMatchObject({ listens: 11_346 });
  });

  it('stay so when a file is corrected, a second one adds to its day and a third spans days', async () => {
    const [header = '', ...lines] = streams.trim().split('\n');
    const corrected = [header, ...lines.slice(0, 9000), ''].join('\n');
    const second = [header, ...lines.slice(8000, 11_000), ''].join('\n');
    const third = [
      header,
      '1,unheard,2024-06-24 23:59:59',
      ...lines.slice(0, 9),
      '1,x,2024-06-26 00:00:00',
      '',
    ].join('\n');
    await land('streams', 'streams1.csv', 'v2', corrected);
    await land('streams', 'streams2.csv', 'v1', second);
    published.publish(mart, 2, await warehouse.rebuild(mart));
    await land('streams', 'streams3.csv', 'v1', third);
    published.publish(mart, 3, await warehouse.rebuild(mart));
    expectAsComputed([
      { name: 'streams1.csv', text: corrected },
      { name: 'streams2.csv', text: second },
      { name: 'streams3.csv', text: third },
    ]);
  });
});
