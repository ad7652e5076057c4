import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InferredDataset, inferDataset } from '../../../cli/infer/dataset.ts';
import { writeTexts } from '../../../cli/infer/write-texts.ts';
import { renderCatalog } from '../../../deploy/render/render.ts';
import { runQuality } from '../../../functions/engine/quality.ts';
import { runTransform } from '../../../functions/engine/transform.ts';
import type { Catalog } from '../../../functions/pipeline/catalog.ts';
import type { SpecFile } from '../../../functions/pipeline/spec.ts';
import { landedColumns } from '../../../functions/pipeline/steps/compose-batch.ts';
import { compileRuleset } from '../../../functions/quality/compile.ts';
import { literal } from '../../../functions/values/sql-text.ts';
import { type Lake, openLake, qualitySpec, transformSpec } from '../../functions/engine/fixtures.ts';
import { bankingFiles, bankingText } from './banking.ts';

const rows = 200;
const odd = [
  'CustomerID|user|Annual Income|rate|code|seen|is_new',
  '7|Ann|1200|NULL|0012|2020-02-29T10:00:00Z|1',
  '8|Bob|1300|1.25|0013|2020-02-29T10:00:01.5Z|0',
  '',
].join('\n');
const sessions = [
  '{"session_id": "a", "customer": {"id": 7}, "price": 1, "items": [{"price": 1.10, "song_id": "s"}, {"price": 2, "song_id": "t"}]}',
  '{"session_id": "b", "customer": {"id": 8}, "price": 2, "items": []}',
  '',
].join('\n');
const texts: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(bankingFiles).map(([name, file]) => [`${name}.csv`, bankingText(file, rows, 5)]),
  ),
  'odd.csv': odd,
  'sessions.jsonl': sessions,
  'titles.tsv': 'tconst\tstart\tΤίτλος\t\ntt1\t1994\tΆλφα\t1\ntt2\t\\N\tΒήτα\t2\n',
  'parcels.jsonl':
    '{"Parcel ID":1,"Ship To":{"Post Code":"AB1"},"Line Items":[{"Unit Price":1.5}],"order":"x"}\n',
};
const datasetOf = (file: string): string => file.replace(/\..*/, '');

describe('what is inferred runs', () => {
  let project: string;
  let catalog: Catalog;
  let lake: Lake;
  const inferred = new Map<string, InferredDataset>();

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'inferred-'));
    await mkdir(join(project, 'sql'), { recursive: true });
    await cp('sql/macros', join(project, 'sql/macros'), { recursive: true });
    for (const [name, text] of Object.entries(texts)) {
      const path = join(project, name);
      await writeFile(path, text);
      const one = await inferDataset({ dataset: datasetOf(name), paths: [path] }, () => undefined);
      inferred.set(datasetOf(name), one);
      await writeTexts(one.texts, project, {});
    }
    catalog = await renderCatalog(project, 'duckdb');
    lake = await openLake();
  });
  afterAll(async () => {
    await lake.close();
    await rm(project, { recursive: true });
  });

  const landed = ({ table, samples: [sample] }: InferredDataset): SpecFile => {
    if (sample?.validation.verdict !== 'accepted') throw new Error(`${table.dataset} is not accepted`);
    const name = basename(sample.path);
    const key = `data/${table.dataset}/${name}`;
    const { facts } = sample.validation;
    lake.put(key, texts[name] ?? '', 'v1');
    return {
      key,
      version: 'v1',
      landed_at: '2024-07-01T00:00:00Z',
      facts,
    };
  };

  /** Transforms and publishes the sample as the pipeline does. */
  const publish = async (dataset: string) => {
    const one = inferred.get(dataset);
    const known = catalog.datasets[dataset];
    if (!one || !known) throw new Error(`there is no ${dataset}`);
    const { sql, table, ruleset } = known;
    const landing = { batch: `${dataset}-1`, dataset, sql, table, ...landedColumns(one.manifest.fields) };
    const spec = transformSpec([landed(one)], landing);
    const staged = await runTransform(lake.run(`${dataset}-t`), spec);
    const compiled = compileRuleset(ruleset, { dataset, columns: table.columns });
    const quality = qualitySpec(spec, staged, { ruleset: compiled });
    const { files } = await runQuality(lake.run(`${dataset}-q`), quality);
    return { files, table, staged: await lake.store.locate(`${staged.staged}part-00000.parquet`) };
  };

  it.each(Object.keys(bankingFiles))('from a sample to published rows: %s', async (dataset) => {
    const { files, table, staged } = await publish(dataset);
    expect(files).toMatchObject([{ outcome: 'published', rows, violations: [] }]);
    const columns = inferred.get(dataset)?.table.columns ?? [];
    expect(table.columns).toHaveLength(columns.length + 4);
    const counts = columns.map(({ silver }) => `count(${silver?.name})`).join(', ');
    const [values = []] = await lake.rows(`select ${counts} from read_parquet(${literal(staged)})`);
    expect(values.map(Number)).toEqual(columns.map(({ profile }) => profile.values));
  });

  it('keeps its suggestions compilable, too', async () => {
    const text = await readFile(join(project, 'rules/customers/quality.dqdl'), 'utf8');
    const { table } = catalog.datasets.customers ?? { table: { columns: [] } };
    const wanted = [...text.matchAll(/^ {2}# (Column.*|Complete.*)$/gm)].map(([, rule]) => rule);
    expect(wanted.length).toBeGreaterThan(1);
    compileRuleset(`Rules = [\n${wanted.join(',\n')}\n]\n`, { dataset: 'customers', columns: table.columns });
  });

  it('says names that are words of SQL, and reads a word for nothing as nothing', async () => {
    const { files, table, staged } = await publish('odd');
    expect(files).toMatchObject([{ outcome: 'published', rows: 2 }]);
    expect(table.columns.map(({ name }) => name).slice(0, -4)).toEqual([
      ...['customer_id', 'code', 'user_value', 'annual_income', 'rate', 'is_new', 'seen'],
    ]);
    expect(
      await lake.rows(
        `select * exclude (landed_file, landed_version, landed_at, batch_id) from read_parquet(${literal(staged)}) order by all`,
      ),
    ).toEqual([
      ['7', '0012', 'Ann', '1200.00', null, true, '2020-02-29 10:00:00'],
      ['8', '0013', 'Bob', '1300.00', '1.2500', false, '2020-02-29 10:00:01.5'],
    ]);
  });

  it('names fields for columns that SQL cannot say, and reads \\N as nothing', async () => {
    const { staged } = await publish('titles');
    const columns = 'tconst, start, titlos, col_4';
    expect(await lake.rows(`select ${columns} from read_parquet(${literal(staged)}) order by all`)).toEqual([
      ['tt1', '1994', 'Άλφα', '1'],
      ['tt2', null, 'Βήτα', '2'],
    ]);
  });

  it('names fields for keys that SQL cannot say', async () => {
    const { staged } = await publish('parcels');
    const columns = 'parcel_id, ship_to_post_code, order_value, item_number, unit_price';
    expect(await lake.rows(`select ${columns} from read_parquet(${literal(staged)})`)).toEqual([
      ['1', 'AB1', 'x', '1', '1.50'],
    ]);
  });

  it('has one row for each element of an array of objects', async () => {
    const { files, table, staged } = await publish('sessions');
    expect(files).toMatchObject([{ outcome: 'published', rows: 3, violations: [] }]);
    expect(table.key).toEqual(['session_id', 'item_number']);
    const columns = 'session_id, customer_id, song_id, item_number, price, price_value';
    expect(await lake.rows(`select ${columns} from read_parquet(${literal(staged)}) order by all`)).toEqual([
      ['a', '7', 's', '1', '1.00', '1.10'],
      ['a', '7', 't', '2', '1.00', '2.00'],
      ['b', '8', null, null, '2.00', null],
    ]);
  });
});
