import type {
  Catalog,
  Dataset,
  QualitySpec,
  SpecFile,
  TransformResult,
  TransformSpec,
} from '../../functions/pipeline/index.ts';
import { compileRuleset } from '../../functions/quality/index.ts';
import type { BenchFile } from './files.ts';

/** A batch of landed files, with the specs that a cloud's functions would write. */
export type BenchBatch = {
  readonly batch: string;
  readonly dataset: string;
  readonly fence: number;
  readonly files: readonly (BenchFile & { readonly key: string; readonly version: string })[];
};

const landed_at = '2024-07-01T00:00:00.000Z';

const datasetOf = ({ datasets }: Catalog, name: string): Dataset => {
  const dataset = datasets[name];
  if (!dataset) throw new Error(`no dataset ${name}`);
  return dataset;
};

/** The spec of the batch's transform. */
export const transformSpec = (
  catalog: Catalog,
  { batch, dataset, fence, files }: BenchBatch,
): TransformSpec => {
  const { sql, table } = datasetOf(catalog, dataset);
  const columns = [...(files[0]?.header ?? [])];
  const landed = files.map((file) => ({ ...file, landed_at })).map(specFile);
  return {
    ...{ kind: 'transform', batch, dataset, fence, manifest_sha256: '' },
    ...{ files: landed, columns, sql, table },
  };
};

const specFile = ({ key, version, header, records, bytes }: BenchBatch['files'][number]): SpecFile => ({
  ...{ key, version, landed_at },
  facts: {
    ...{ format: 'csv', compression: 'none', bom: false, delimiter: ',', quote: '"' },
    ...{ header: [...header], line_end: 'lf', multiline: false, records, bytes, sha256: '' },
  },
});

/** The spec of the batch's quality run, after the transform. */
export const qualitySpec = (
  catalog: Catalog,
  { batch, dataset, fence, files }: BenchBatch,
  result: TransformResult,
): QualitySpec => {
  const { ruleset, table } = datasetOf(catalog, dataset);
  const staged = new Map(result.files.map((file) => [file.key, file.staged]));
  return {
    ...{ kind: 'quality', batch, dataset, fence, table, staged: result.staged, pii: [] },
    files: files.map(({ key, version, records }) => ({
      ...{ key, version, landed_at, records },
      staged: staged.get(key) ?? 0,
    })),
    ruleset: compileRuleset(ruleset, { dataset, columns: table.columns }, { dialect: catalog.engine }),
  };
};
