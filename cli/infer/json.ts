import type { InferredDataset, ValidatedSample } from './dataset.ts';
import type { InferredColumn } from './inferred.ts';
import { doubts } from './lines.ts';

type Answer = {
  readonly dataset: InferredDataset;
  readonly written: readonly string[];
  readonly kept: readonly string[];
};

/** The answer of `infer` as one JSON document. */
export const inferredJson = (answers: readonly Answer[]) => ({
  datasets: answers.map(({ dataset: { table, texts, samples }, written, kept }) => ({
    dataset: table.dataset,
    rows: table.rows,
    format: table.format,
    ...table.dialect,
    key: table.key,
    columns: table.columns.map(columnJson),
    look_at: doubts(table),
    files: samples.map(sampleJson),
    manifest: JSON.parse(texts[`rules/${table.dataset}/manifest.json`] ?? 'null'),
    texts,
    written,
    kept,
  })),
});

/** Values of personal data are left out. */
const columnJson = ({
  name,
  field,
  type,
  required,
  limits,
  personal,
  confidence,
  profile,
}: InferredColumn) => {
  const { values, empty, isUnique, shortest, longest, counts } = profile;
  const isNumeric = profile.least <= profile.greatest && type.type !== 'string';
  return {
    name,
    field,
    type: type.type,
    ...(type.format !== undefined && { format: type.format }),
    required,
    ...limits,
    pii: personal !== undefined,
    ...(personal !== undefined && { personal }),
    ...(type.reason !== undefined && { reason: type.reason }),
    ...(type.note !== undefined && { note: type.note }),
    confidence,
    seen: {
      values,
      empty,
      unique: values > 0 && isUnique,
      ...(values > 0 && { shortest, longest }),
      ...(personal === undefined && {
        ...(isNumeric && { least: profile.least, greatest: profile.greatest }),
        ...(profile.earliest !== '' && { earliest: profile.earliest, latest: profile.latest }),
        ...(counts && values > 0 && { values_seen: Object.fromEntries(counts) }),
      }),
    },
  };
};

const sampleJson = ({ path, validation }: ValidatedSample) => {
  if (validation.verdict === 'ignored')
    return { path, verdict: validation.verdict, reason: validation.reason };
  if (validation.verdict === 'rejected') {
    const { verdict, records, total, counts, violations } = validation;
    return { path, verdict, rows: records, quarantined_rows: 0, violations_total: total, counts, violations };
  }
  const { verdict, facts, quarantined } = validation;
  return {
    path,
    verdict,
    rows: facts.records,
    quarantined_rows: quarantined?.rows ?? 0,
    violations_total: quarantined?.total ?? 0,
    counts: quarantined?.counts ?? {},
    violations: quarantined?.violations ?? [],
  };
};
