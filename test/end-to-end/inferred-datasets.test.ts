import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkFile } from '../../cli/check/file.ts';
import { manifestFor } from '../../cli/check/manifest.ts';
import { type InferredDataset, inferDataset } from '../../cli/infer/dataset.ts';
import { checkProject } from '../../deploy/check.ts';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import { writeProject } from '../deploy/project.ts';
import { expectedRows, forgotten, mistyped, plainValue } from './inferred/expected-rows.ts';
import { sampleFile } from './inferred/files.ts';
import { anyTable, type Table } from './inferred/tables.ts';
import { type Laptop, startLaptop } from './laptop.ts';
import { projectWith } from './project.ts';
import { queryWarehouse } from './warehouse.ts';

const count = Number(process.env.INFER_DATASETS ?? 14);
const seed = Number(process.env.INFER_SEED ?? 7);

/** Files that land at once: to ask for the state of hundreds takes longer than they do. */
const group = 20;

type Sample = {
  readonly dataset: string;
  readonly table: Table;
  readonly path: string;
  readonly bytes: Buffer;
};

let folder: string;
let checked: string;
let root: string;
let laptop: Laptop;
let samples: readonly Sample[];
const inferred = new Map<string, InferredDataset>();

const inferredOf = (dataset: string): InferredDataset => {
  const found = inferred.get(dataset);
  if (!found) throw new Error(`nothing was inferred of ${dataset}`);
  return found;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inferred-'));
  samples = fc.sample(anyTable, { numRuns: count, seed }).map((table, at): Sample => {
    const dataset = `any_${at}_set`;
    const { name, bytes } = sampleFile(table, dataset);
    return { dataset, table, path: join(folder, name), bytes };
  });
  for (const { dataset, path, bytes } of samples) {
    await writeFile(path, bytes);
    inferred.set(dataset, await inferDataset({ dataset, paths: [path] }, () => undefined));
  }
  const texts = Object.assign({}, ...[...inferred.values()].map((one) => one.texts));
  checked = await writeProject({
    ...texts,
    'tsconfig.json': '{ "compilerOptions": { "noEmit": true }, "files": ["own.ts"] }\n',
  });
  root = await projectWith(texts);
}, 600_000);
afterAll(async () => {
  await laptop?.stop();
  for (const one of [folder, checked, root]) if (one) await rm(one, { recursive: true, force: true });
});

describe(`${count} datasets inferred from samples of any kind (seed ${seed})`, { timeout: 1_800_000 }, () => {
  test('pass the checks of the project', async () => {
    for (const name of ['biome.json', '.gitignore']) await cp(join(process.cwd(), name), join(checked, name));
    await symlink(join(process.cwd(), 'node_modules'), join(checked, 'node_modules'));
    await writeFile(join(checked, 'own.ts'), 'export const own: number = 1;\n');
    const lines: string[] = [];
    await checkProject(checked, (text) => lines.push(text));
    expect(lines.join('\n')).toMatch(/No problems$/);
  });

  test('forget no column, tell its type, and take every row', async () => {
    const odd = [];
    for (const { dataset, table, path } of samples) {
      const own = inferredOf(dataset);
      const left = [...forgotten(table, own), ...mistyped(table, own)];
      const manifest = join(root, 'rules', dataset, 'manifest.json');
      const validated = await checkFile(path, await manifestFor({ manifest }), undefined);
      const isClean =
        validated.verdict === 'accepted' &&
        validated.records === table.rows &&
        validated.violations_total === 0;
      if (left.length > 0 || !isClean) odd.push({ left, rows: table.rows, validated });
    }
    expect(odd).toEqual([]);
  });

  test('publish every value of their samples', async () => {
    laptop = await startLaptop({ root });
    const records = [];
    for (let at = 0; at < samples.length; at += group)
      records.push(...(await restOf(samples.slice(at, at + group))));
    const lost = records.filter(({ state }) => state !== 'published');
    expect(lost).toEqual([]);
    const differing = [];
    for (const sample of samples) {
      const [found, expected] = await publishedAndExpected(sample);
      if (found.join('\n') !== expected.join('\n'))
        differing.push({ dataset: sample.dataset, found, expected });
    }
    expect(differing).toEqual([]);
  });
});

/** Lands samples and answers the records of the ledger once they are at rest. */
const restOf = async (some: readonly Sample[]) => {
  const landed: FileVersion[] = [];
  for (const { dataset, path, bytes } of some) {
    await laptop.landManifest(dataset, root);
    landed.push(await laptop.land(`data/${dataset}/${basename(path)}`, bytes));
  }
  return laptop.atRest(landed, { timeout: 180_000 });
};

/** Rows of a sample's silver table, and those that were generated, each as a text. */
const publishedAndExpected = async ({ dataset, table }: Sample) => {
  const { columns, rows } = expectedRows(table, inferredOf(dataset));
  const texts = columns.map(({ silver }) => `coalesce('v' || cast(${silver?.name} as varchar(65535)), 'n')`);
  const found = await queryWarehouse(`select ${['1', ...texts].join(', ')} from silver.${dataset}`);
  const values = found.map((row) => columns.map((column, at) => plainValue(column, textOf(row[at + 1]))));
  return [sorted(values), sorted(rows)] as const;
};

const textOf = (text = 'n'): string | null => (text === 'n' ? null : text.slice(1));

const sorted = (rows: readonly (readonly (string | undefined)[])[]): string[] =>
  rows.map((row) => JSON.stringify(row.map((value) => value ?? null))).sort();
