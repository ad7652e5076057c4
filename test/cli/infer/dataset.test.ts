import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InferredDataset, inferDataset } from '../../../cli/infer/dataset.ts';
import { datasetName } from '../../../cli/infer/file-names.ts';
import { bankingFiles, bankingText } from './banking.ts';

const rows = 400;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'infer-'));
});
afterAll(() => rm(folder, { recursive: true }));

const inferText = async (name: string, text: string | Buffer): Promise<InferredDataset> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return inferDataset({ dataset: datasetName(path), paths: [path] }, () => undefined);
};

describe('a banking file with pipes', () => {
  it.each(Object.entries(bankingFiles))('gets every type right: %s', async (name, file) => {
    const inferred = await inferText(`${name}.csv`, bankingText(file, rows, name.length));
    const { table } = inferred;
    const truth = Object.entries(file.columns).map(([column, { type, optional, pii }]) => [
      column,
      type,
      !optional,
      pii === true,
    ]);
    const found = table.columns.map(({ name, type, required, personal }) => [
      name,
      type.type,
      required,
      personal !== undefined,
    ]);
    expect(found).toEqual(truth);
    expect(table.key.columns).toEqual(file.key);
    expect(inferred.manifest).toMatchObject({ delimiter: '|', directory: `data/${name}/` });
    expect(inferred.samples[0]?.validation).toMatchObject({ verdict: 'accepted', facts: { records: rows } });
    expect(inferred.samples[0]?.validation).not.toHaveProperty('quarantined');
    expect(inferred.manifest.fields.map(({ from }) => from)).toEqual(Object.keys(file.columns));
  });
});
