import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderCatalog } from '../../../deploy/render.ts';
import type { Catalog } from '../../../functions/domain/catalog.ts';
import { compileRuleset } from '../../../functions/domain/dqdl/compile.ts';
import { type InferredDataset, inferDataset } from '../../../local/infer/infer-dataset.ts';
import { writeTexts } from '../../../local/infer/write-texts.ts';
import { bankingFiles, bankingText } from './banking.ts';

const rows = 200;
const odd = [
  'Customer_ID|user|Annual Income|rate|code|seen',
  '7|Ann|1200|NULL|0012|2020-02-29T10:00:00Z',
  '8|Bob|1300|1.25|0013|2020-02-29T10:00:01.5Z',
  '',
].join('\n');

describe('what is inferred runs', () => {
  let project: string;
  let catalog: Catalog;
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  const inferred = new Map<string, InferredDataset>();

  const write = async (dataset: string, text: string): Promise<void> => {
    const path = join(project, `${dataset}.csv`);
    await writeFile(path, text);
    const one = await inferDataset({ dataset, paths: [path] }, () => undefined);
    inferred.set(dataset, one);
    await writeTexts(one.texts, project, {});
  };

  const silverOf = async (dataset: string) => {
    const { sql } = catalog.datasets[dataset] ?? { sql: '' };
    const path = join(project, `${dataset}.csv`);
    await connection.run(`create or replace temp view landed_${dataset} as
      select *, 'f' as landed_file, 'v' as landed_version, timestamp '2024-07-01 00:00:00' as landed_at, 'b' as batch_id
      from read_csv('${path}', delim = '|', quote = '"', escape = '"', header = true, all_varchar = true, nullstr = '')`);
    return connection.runAndReadAll(sql);
  };

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'inferred-'));
    await mkdir(join(project, 'sql'), { recursive: true });
    await cp('sql/macros', join(project, 'sql/macros'), { recursive: true });
    for (const [name, file] of Object.entries(bankingFiles)) await write(name, bankingText(file, rows, 5));
    await write('odd', odd);
    catalog = await renderCatalog(project, 'duckdb');
    instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    connection = await instance.connect();
  });
  afterAll(async () => {
    instance.closeSync();
    await rm(project, { recursive: true });
  });

  it.each(Object.keys(bankingFiles))('renders, and types every row: %s', async (dataset) => {
    const { table } = catalog.datasets[dataset] ?? { table: { columns: [], key: [] } };
    const typed = await silverOf(dataset);
    expect(typed.currentRowCount).toBe(rows);
    expect(typed.columnNames()).toEqual(table.columns.map(({ name }) => name));
    const wanted = inferred.get(dataset)?.table.columns ?? [];
    expect(table.columns).toHaveLength(wanted.length + 4);
    for (const [name, empty] of wanted.map(({ name, profile }) => [name, profile.empty] as const)) {
      const silver = table.columns.some((column) => column.name === name) ? name : `${name}_value`;
      const values = typed.getRowObjectsJson().map((row) => row[silver]);
      expect(values.filter((value) => value === null)).toHaveLength(empty);
    }
  });

  it.each(Object.keys(bankingFiles))('has a ruleset that compiles: %s', async (dataset) => {
    const { ruleset, table } = catalog.datasets[dataset] ?? { ruleset: '', table: { columns: [] } };
    expect(compileRuleset(ruleset, { dataset, columns: table.columns }).rules.length).toBeGreaterThan(2);
  });

  it('keeps its suggestions compilable, too', async () => {
    const text = await readFile(join(project, 'rules/customers/quality.dqdl'), 'utf8');
    const { table } = catalog.datasets.customers ?? { table: { columns: [] } };
    const wanted = [...text.matchAll(/^ {2}# (Column.*|Complete.*)$/gm)].map(([, rule]) => rule);
    expect(wanted.length).toBeGreaterThan(1);
    compileRuleset(`Rules = [\n${wanted.join(',\n')}\n]\n`, { dataset: 'customers', columns: table.columns });
  });

  it('says names that are words of SQL, and reads a word for nothing as nothing', async () => {
    const typed = await silverOf('odd');
    expect(typed.getRowObjectsJson()).toMatchObject([
      { customer_id: '7', user_value: 'Ann', rate: null, code: '0012', seen: '2020-02-29 10:00:00' },
      { customer_id: '8', user_value: 'Bob', rate: '1.2500', code: '0013', seen: '2020-02-29 10:00:01.5' },
    ]);
    expect(typed.columnNames().some((name) => name.includes('income'))).toBe(false);
  });
});
