import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderCatalog } from '../../deploy/render/render.ts';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import { parseManifest } from '../../functions/validation/manifest/manifest.ts';

const track = {
  ...{
    id: '7',
    track_id: '4dBa8T7oDV9WvGr7kVS4Ez',
    popularity: '55',
    duration_ms: '123456',
    explicit: 'True',
  },
  ...{
    danceability: '0.5',
    energy: '1e-2',
    key: '1',
    loudness: '-6.7',
    mode: '0',
    tempo: '87.9',
    track_genre: 'rock',
  },
};
const landed: Record<string, Record<string, string>> = {
  streams: { user_id: '26213', track_id: '4dBa8T7oDV9WvGr7kVS4Ez', listen_time: '2024-06-25 17:43:13' },
  tracks: track,
  listeners: { user_id: '1', user_name: 'Ann', user_age: '33', user_country: 'DE', created_at: '2024-02-29' },
};

describe('silver', () => {
  let catalog: Catalog;
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  beforeAll(async () => {
    catalog = await renderCatalog(process.cwd(), 'duckdb');
    instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    connection = await instance.connect();
  });
  afterAll(() => instance.closeSync());

  it.each(Object.keys(landed))('types a landed row of %s, an empty field as NULL', async (dataset) => {
    const manifest = parseManifest(await readFile(join(process.cwd(), 'rules', dataset, 'manifest.json')));
    if (!manifest.ok) throw new Error(manifest.problems.join());
    const row = landed[dataset] ?? {};
    const texts = manifest.manifest.fields.map(
      ({ name }) => `cast(${row[name] ? `'${row[name]}'` : 'null'} as varchar) as ${name}`,
    );
    const lineage = `'f' as landed_file, 'v' as landed_version, timestamp '2024-07-01 00:00:00' as landed_at, 'b' as batch_id`;
    await connection.run(`create temp table landed_${dataset} as select ${texts.join(', ')}, ${lineage}`);
    const { sql, table } = catalog.datasets[dataset] ?? { sql: '', table: { columns: [] } };
    const [typed = {}] = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    expect(Object.keys(typed)).toEqual(table.columns.map(({ name }) => name));
    for (const [name, text] of Object.entries(row))
      expect(String(typed[name === 'explicit' ? 'is_explicit' : name]).toLowerCase()).toBe(
        String(name === 'energy' ? 0.01 : text).toLowerCase(),
      );
    if (dataset === 'tracks')
      expect(typed).toMatchObject({ artists: null, album_name: null, track_name: null });
    const described = await connection.runAndReadAll(`describe ${sql}`);
    const types = described.getRowObjectsJson().map((column) => String(column.column_type).toLowerCase());
    expect(types).toEqual(
      table.columns.map(({ type }) => type.replace(/^varchar.*/, 'varchar').replace(' precision', '')),
    );
  });
});
